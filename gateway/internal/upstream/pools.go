// Package upstream passes requests on to the services behind the gateway: it knows the replicas of each, spreads calls
// over them, and turns every failure into a fault that tells nothing of what is inside.
package upstream

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"gatehouse/internal/fault"
	"gatehouse/internal/replica"
)

// Pools are the upstreams that the route table names.
type Pools struct {
	ctx    context.Context
	lookup replica.Lookup
	now    func() time.Time

	changing sync.Mutex
	byName   atomic.Pointer[map[string]*pool]
}

// NewPools follows the replicas of the upstreams until the context ends.
func NewPools(ctx context.Context, lookup replica.Lookup, now func() time.Time) *Pools {
	p := &Pools{ctx: ctx, lookup: lookup, now: now}
	p.byName.Store(&map[string]*pool{})
	return p
}

// Use makes the given upstreams, scheme://host:port each, the ones that there are.
func (p *Pools) Use(names []string) error {
	p.changing.Lock()
	defer p.changing.Unlock()
	before, after := *p.byName.Load(), make(map[string]*pool, len(names))
	for _, name := range names {
		if known, ok := before[name]; ok {
			after[name] = known
			continue
		}
		made, err := newPool(p.ctx, name, p.lookup, p.now)
		if err != nil {
			return err
		}
		after[name] = made
	}
	p.byName.Store(&after)
	for name, pool := range before {
		if after[name] == nil {
			pool.end()
		}
	}
	return nil
}

var errUnknown = errors.New("no such upstream")

// Forward sends the request to a replica of the upstream and fills in the response, whose body may still be arriving when
// it returns. It gives the address of the replica that was asked last. The errors are faults: Unavailable when no replica
// can be reached, UpstreamTimeout, BadUpstream.
func (p *Pools) Forward(
	name string, req *fasthttp.Request, resp *fasthttp.Response, timeout time.Duration,
) (string, error) {
	pool, ok := (*p.byName.Load())[name]
	if !ok {
		return "", fault.Down(name, errUnknown)
	}
	return pool.forward(req, resp, timeout)
}
