package upstream

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gatehouse/internal/replica"
)

// firstLookup is how long a request waits for the addresses of an upstream that has just been named.
const firstLookup = time.Second

// pool is one upstream and its replicas.
type pool struct {
	url *url.URL
	now func() time.Time
	end context.CancelFunc // stops following the replicas

	targets atomic.Pointer[[]*target]
	turn    atomic.Uint32
	found   chan struct{} // closed once there are addresses
	once    sync.Once
}

func newPool(ctx context.Context, name string, lookup replica.Lookup, now func() time.Time) (*pool, error) {
	u, err := url.Parse(name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &pool{url: u, now: now, end: cancel, found: make(chan struct{})}
	p.targets.Store(&[]*target{})
	go replica.Follow(ctx, lookup, u.Hostname(), u.Port(), p.update)
	return p, nil
}

// update takes the addresses that there are now. A replica that stays keeps its connections; one that is gone finishes
// what it has.
func (p *pool) update(addrs []string) {
	before := *p.targets.Load()
	after := make([]*target, 0, len(addrs))
	for _, addr := range addrs {
		i := slices.IndexFunc(before, func(t *target) bool { return t.addr == addr })
		if i >= 0 {
			after = append(after, before[i])
		} else {
			after = append(after, newTarget(addr, p.url))
		}
	}
	p.targets.Store(&after)
	for _, t := range before {
		if !slices.Contains(after, t) {
			t.client.CloseIdleConnections()
		}
	}
	p.once.Do(func() { close(p.found) })
}

// pick chooses the replica with the fewest calls pending, in turn among equals. One that was ejected, or tried for this
// call already, comes after all others. It gives nil when no replica is known.
func (p *pool) pick(tried []*target) *target {
	targets := *p.targets.Load()
	if len(targets) == 0 {
		return nil
	}
	if len(targets) == 1 {
		return targets[0] // whatever speaks against it
	}
	start, now := int(p.turn.Add(1))%len(targets), p.now()
	var best *target
	least := 0
	for i := range targets {
		t := targets[(start+i)%len(targets)]
		if load := t.load(slices.Contains(tried, t), now); best == nil || load < least {
			best, least = t, load
		}
	}
	return best
}

// await waits for the first look-up, if it is not back yet.
func (p *pool) await(timeout time.Duration) {
	select {
	case <-p.found:
		return
	default:
	}
	timer := time.NewTimer(min(timeout, firstLookup))
	defer timer.Stop()
	select {
	case <-p.found:
	case <-timer.C:
	}
}
