package recovery

import (
	"context"
	"errors"
	"sync"
	"time"

	"gatehouse/internal/fault"
)

// The bounds of what is done after the answer.
const (
	waiting     = 1000
	workers     = 4
	workLimit   = 10 * time.Second // for one request
	finishLimit = 5 * time.Second  // for those that wait, at shutdown
)

// errCrowded is why nobody else is let in.
var errCrowded = errors.New("too many requests for recovery wait")

// Requests are what was asked for and answered, and is done now.
type Requests struct{ work chan func(context.Context) }

// NewRequests makes an empty list. Nothing is done before Run.
func NewRequests() *Requests { return &Requests{work: make(chan func(context.Context), waiting)} }

// Add leaves work to do. It never waits; Unavailable: the list is full.
func (r *Requests) Add(work func(context.Context)) error {
	select {
	case r.work <- work:
		return nil
	default:
		return fault.Down("recovery", errCrowded)
	}
}

// Run works until the context ends, and then off what waits, for a moment.
func (r *Requests) Run(ctx context.Context) error {
	var group sync.WaitGroup
	for range workers {
		group.Go(func() { r.serve(ctx) })
	}
	group.Wait()
	return nil
}

func (r *Requests) serve(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case work := <-r.work:
			do(work)
		case <-ctx.Done():
		}
	}
	for until := time.Now().Add(finishLimit); time.Now().Before(until); {
		select {
		case work := <-r.work:
			do(work)
		default:
			return
		}
	}
}

// do works on a request whose own context ended with its answer.
func do(work func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.Background(), workLimit)
	defer cancel()
	work(ctx)
}
