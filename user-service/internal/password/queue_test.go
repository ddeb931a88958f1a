package password

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/internal/fault"
)

// occupy takes every slot until the returned function is called.
func occupy(t *testing.T, q *Queue) (release func()) {
	t.Helper()
	done := make(chan struct{})
	var running sync.WaitGroup
	var inside sync.WaitGroup
	for range cap(q.slots) {
		running.Add(1)
		inside.Add(1)
		go func() {
			defer running.Done()
			if err := q.Do(context.Background(), func() { inside.Done(); <-done }); err != nil {
				t.Error(err)
			}
		}()
	}
	inside.Wait()
	return func() { close(done); running.Wait() }
}

func TestFloodIsRefusedAndNeverRunsMoreThanItsSlots(t *testing.T) {
	const slots, waiting, callers = 2, 5, 200
	q := NewQueue(slots, waiting, time.Minute)
	release := occupy(t, q)
	var refused, ran, now, most atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			err := q.Do(context.Background(), func() {
				most.Store(max(most.Load(), now.Add(1)))
				ran.Add(1)
				now.Add(-1)
			})
			if f := fault.From(err); err != nil && (f.Kind != fault.Unavailable || f.RetryAfter <= 0 || !errors.Is(err, ErrFull)) {
				t.Errorf("refused with %v", err)
			}
			if err != nil && refused.Add(1) == callers-waiting {
				release() // all who found no place are gone
			}
		})
	}
	all.Wait()
	if ran.Load() != waiting || refused.Load() != callers-waiting || most.Load() > slots {
		t.Errorf("%d ran, %d were refused, %d at a time", ran.Load(), refused.Load(), most.Load())
	}
	if err := q.Do(context.Background(), func() {}); err != nil {
		t.Errorf("after the flood: %v", err)
	}
}

func TestWaitEnds(t *testing.T) {
	q := NewQueue(1, 5, time.Millisecond)
	release := occupy(t, q)
	defer release()
	err := q.Do(context.Background(), func() { t.Error("ran without a slot") })
	if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestCallerGoesAway(t *testing.T) {
	q := NewQueue(1, 5, time.Minute)
	release := occupy(t, q)
	defer release()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := q.Do(ctx, func() { t.Error("ran for nobody") }); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
	if n := q.taken.Load(); n != 1 {
		t.Errorf("%d places are taken by one", n)
	}
}

func TestHasherIsRefusedByAFullQueue(t *testing.T) {
	h, _ := newHasher(t)
	h.queue = NewQueue(1, 0, time.Minute)
	release := occupy(t, h.queue)
	defer release()
	if _, err := h.Hash(context.Background(), toby); !fault.Is(err, fault.Unavailable) {
		t.Errorf("hash: %v", err)
	}
	if fits, _, err := h.Verify(context.Background(), "", toby); fits || !fault.Is(err, fault.Unavailable) {
		t.Errorf("verify: %v", err)
	}
}

func TestIdleQueueRestsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(1, 5, time.Minute)
		var rested atomic.Int64
		q.WhenIdle(time.Second, func() { rested.Add(1) })
		for _, want := range []int64{1, 2} {
			for range 3 {
				time.Sleep(900 * time.Millisecond) // of the bubble's clock
				if err := q.Do(t.Context(), func() { time.Sleep(2 * time.Second) }); err != nil {
					t.Fatal(err)
				}
			}
			if rested := rested.Load(); rested != want-1 {
				t.Errorf("rested %d times while people came", rested)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			if rested := rested.Load(); rested != want {
				t.Errorf("rested %d times, want %d", rested, want)
			}
		}
	})
}
