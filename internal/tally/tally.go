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
func (t *Tally[K]) Add(kind K) { t.AddN(kind, 1) }

// AddN counts several of the kind; none of it makes it known, so that it is shown as 0.
func (t *Tally[K]) AddN(kind K, n uint64) {
	count, ok := t.counts.Load(kind)
	if !ok {
		count, _ = t.counts.LoadOrStore(kind, new(atomic.Uint64))
	}
	count.(*atomic.Uint64).Add(n)
}

// Each tells all kinds with their counts.
func (t *Tally[K]) Each(tell func(kind K, count uint64)) {
	t.counts.Range(func(kind, count any) bool {
		tell(kind.(K), count.(*atomic.Uint64).Load())
		return true
	})
}
