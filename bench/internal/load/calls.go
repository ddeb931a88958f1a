package load

import (
	"context"
	"sync"
	"time"
)

// OneByOne makes calls one after the other and gives the time that each took, in order. It stops at the first error.
func OneByOne(ctx context.Context, calls int, call func(n int) error) ([]time.Duration, error) {
	took := make([]time.Duration, 0, calls)
	for n := range calls {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		start := time.Now()
		if err := call(n); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

// Workers has workers call over and over until the time is up, each with a number of its own, and gives what all the
// calls that ended in time answered, counted. A call may end later; the next one does not begin.
func Workers[T comparable](ctx context.Context, workers int, lasting time.Duration, call func(n int) T) map[T]int {
	ctx, cancel := context.WithTimeout(ctx, lasting)
	defer cancel()
	var (
		group   sync.WaitGroup
		mu      sync.Mutex
		answers = make(map[T]int)
		next    int
	)
	work := func() {
		for ctx.Err() == nil {
			mu.Lock()
			n := next
			next++
			mu.Unlock()
			answer := call(n)
			if ctx.Err() == nil {
				mu.Lock()
				answers[answer]++
				mu.Unlock()
			}
		}
	}
	for range workers {
		group.Go(work)
	}
	group.Wait()
	return answers
}
