// Package tally counts what happens, by kind, for whoever asks later: metrics. It is for what does not happen on every
// request.
package tally

import (
	"sync"
	"sync/atomic"
)

// Tally is ready to use as it is. The kinds must be few: none is ever forgotten.
type Tally[K comparable] struct{ counts sync.Map } // K -> *atomic.Uint64

// Add counts one of the kind.
func (t *Tally[K]) Add(kind K) { t.of(kind).Add(1) }

// Expect has kinds told as 0 until the first of them comes: what Prometheus has not seen before, it does not see grow.
func (t *Tally[K]) Expect(kinds ...K) {
	for _, kind := range kinds {
		t.of(kind)
	}
}

func (t *Tally[K]) of(kind K) *atomic.Uint64 {
	count, ok := t.counts.Load(kind)
	if !ok {
		count, _ = t.counts.LoadOrStore(kind, new(atomic.Uint64))
	}
	return count.(*atomic.Uint64)
}

// Each tells all kinds with their counts.
func (t *Tally[K]) Each(tell func(kind K, count uint64)) {
	t.counts.Range(func(kind, count any) bool {
		tell(kind.(K), count.(*atomic.Uint64).Load())
		return true
	})
}
