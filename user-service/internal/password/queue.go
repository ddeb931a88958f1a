package password

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"gatehouse/internal/fault"
)

// The bounds of the queue that the service uses.
const (
	// WaitingPerSlot is how many may wait for each hash that runs: at some 25 ms a hash, half a second and a half.
	WaitingPerSlot = 60
	// MaxWait is how long a caller waits for its turn.
	MaxWait = 3 * time.Second
	// retryAfter is when those who found no place may come again.
	retryAfter = 2 * time.Second
)

// ErrFull is why nobody else is let in.
var ErrFull = errors.New("the queue for password hashes is full")

// Queue lets a fixed number of hashes run at a time and a fixed number wait. Each that runs may take 32 MiB for an old
// hash and 19 MiB for one of today.
type Queue struct {
	slots   chan struct{}
	places  int64 // for those who run and those who wait
	taken   atomic.Int64
	maxWait time.Duration
	idle    *time.Timer // nil: nothing to do when idle
	after   time.Duration
	refused atomic.Uint64
}

// NewQueue makes a queue: running hashes at a time, waiting more in line, none of them longer than maxWait.
func NewQueue(running, waiting int, maxWait time.Duration) *Queue {
	return &Queue{slots: make(chan struct{}, running), places: int64(running + waiting), maxWait: maxWait}
}

// WhenIdle calls rest each time that nobody has come for so long. It must be called before the queue is used.
func (q *Queue) WhenIdle(after time.Duration, rest func()) {
	q.idle = time.AfterFunc(after, func() {
		if q.taken.Load() == 0 {
			rest()
		}
	})
	q.after = after
}

func (q *Queue) leave() {
	if q.taken.Add(-1) == 0 && q.idle != nil {
		q.idle.Reset(q.after)
	}
}

// Do runs work when its turn has come. It fails with fault.Unavailable, and work does not run, when there is no place, or
// the turn has not come in time, or the context has ended.
func (q *Queue) Do(ctx context.Context, work func()) error {
	defer q.leave()
	if q.taken.Add(1) > q.places {
		return q.busy(ErrFull)
	}
	ctx, cancel := context.WithTimeout(ctx, q.maxWait)
	defer cancel()
	select {
	case q.slots <- struct{}{}:
		defer func() { <-q.slots }()
		work()
		return nil
	case <-ctx.Done():
		return q.busy(ctx.Err())
	}
}

func (q *Queue) busy(err error) error {
	q.refused.Add(1)
	return &fault.Fault{
		Kind:       fault.Unavailable,
		Message:    "Too many people are signing in at the moment. Please try again shortly.",
		RetryAfter: retryAfter,
		Err:        err,
	}
}
