package revocation

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// renewLease asks for a lease again and again.
func (f *Follower) renewLease(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for failing := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := f.renew(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			f.log.Warn("no lease on the revocation list", "error", err)
		}
		failing = err != nil
	}
}

// renew asks for a lease. It counts from before the question is sent: whatever is added after Redis has granted it waits at
// least for so long.
func (f *Follower) renew(ctx context.Context) error {
	s := f.state.Load()
	if s == nil {
		return nil
	}
	asked := f.now()
	ctx, cancel := context.WithTimeout(ctx, renewEvery)
	defer cancel()
	answer, err := renewScript.Run(ctx, f.list.redis, keys, rand.Text(), f.name, s.generation, s.applied.Load()).Text()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	f.swap.Lock()
	defer f.swap.Unlock()
	switch {
	case f.state.Load() != s:
	case answer == "granted":
		f.lease.Store(&lease{of: s, until: asked.Add(held)})
	case answer == "reseed":
		f.lease.Store(nil)
		f.wantReseed()
	case answer == "behind" && f.behindAt == behind{s, s.applied.Load()}:
		f.wantReseed() // half a second later the entry has still not come: it is not in the log any more
	}
	f.behindAt = behind{}
	if answer == "behind" {
		f.behindAt = behind{s, s.applied.Load()}
	}
	return nil
}

func (f *Follower) wantReseed() {
	select {
	case f.reseed <- struct{}{}:
	default:
	}
}

// behind is where a copy stood when a lease was refused for the want of entries.
type behind struct {
	of      *state
	applied uint64
}

// retire gives the lease back, so that no revocation waits for this gateway. Where that cannot be said, the next one does.
func (f *Follower) retire() {
	f.lease.Store(nil)
	ctx, cancel := context.WithTimeout(context.Background(), renewEvery)
	defer cancel()
	f.list.redis.HDel(ctx, gatewaysKey, f.name)
}
