// Package upstream passes requests on to the services behind the gateway: it knows the replicas of each, spreads calls
// over them, and turns every failure into a fault that tells nothing of what is inside.
package upstream

import (
	"context"
	"errors"
	"log/slog"
	"maps"
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
	log    *slog.Logger

	changing sync.Mutex
	wanted   map[string]string // by the latest table; guarded by changing
	byName   atomic.Pointer[map[string]*pool]
}

// linger is how long an upstream that no route names any more is kept, for requests that were on their way already. The
// longest wait of such a request before it is forwarded is for the revocation list, a second.
const linger = 10 * time.Second

// NewPools follows the replicas of the upstreams until the context ends.
func NewPools(ctx context.Context, lookup replica.Lookup, log *slog.Logger) *Pools {
	p := &Pools{ctx: ctx, lookup: lookup, log: log}
	p.byName.Store(&map[string]*pool{})
	return p
}

// Use makes the given upstreams, scheme://host:port each with the path of its health or none, the ones that there are.
// Others are dropped a little later.
func (p *Pools) Use(upstreams map[string]string) error {
	p.changing.Lock()
	defer p.changing.Unlock()
	after := maps.Clone(*p.byName.Load())
	for name, health := range upstreams {
		before := after[name]
		if before != nil && before.health == health {
			continue
		}
		made, err := newPool(p.ctx, name, replica.Options{Lookup: p.lookup, Log: p.log, Health: health})
		if err != nil {
			return err
		}
		if after[name] = made; before != nil {
			time.AfterFunc(linger, before.end)
		}
	}
	p.wanted = upstreams
	p.byName.Store(&after)
	if len(after) > len(upstreams) {
		time.AfterFunc(linger, p.Drop)
	}
	return nil
}

// Drop forgets the upstreams that the latest table does not name.
func (p *Pools) Drop() {
	p.changing.Lock()
	defer p.changing.Unlock()
	after := make(map[string]*pool, len(p.wanted))
	for name, pool := range *p.byName.Load() {
		if _, ok := p.wanted[name]; ok {
			after[name] = pool
		} else {
			pool.end()
		}
	}
	p.byName.Store(&after)
}

var errUnknown = errors.New("no such upstream")

// Forward sends the request to a replica of the upstream and fills in the response, whose body may still be arriving when
// it returns. It gives the address of the replica that was asked last. The errors are faults: Unavailable when no replica
// can be reached, UpstreamTimeout, BadUpstream.
func (p *Pools) Forward(
	name string, req *Request, resp *fasthttp.Response, timeout time.Duration,
) (string, error) {
	pool, ok := (*p.byName.Load())[name]
	if !ok {
		return "", fault.Down(name, errUnknown)
	}
	return pool.forward(req, resp, timeout)
}
