package replica

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// firstLookup is how long a call waits for the addresses of a service that has just been named.
const firstLookup = time.Second

// ErrNone says that no replica of a service is known.
var ErrNone = errors.New("no replica is known")

// Options are what a set of replicas needs to know.
type Options struct {
	Lookup Lookup
	Log    *slog.Logger
	// Health is a path that answers 2xx while a replica is well. Without one, a replica is well while it takes connections,
	// and one that was not is again when it answers anything.
	Health string
}

// Set are the replicas of a service.
type Set[C Connections] struct {
	log     *slog.Logger
	service *url.URL
	connect func(addr string) C
	probe   *probe

	known atomic.Pointer[[]*Replica[C]]
	turn  atomic.Uint32
	found chan struct{} // closed once there are addresses
	once  sync.Once

	mu      sync.Mutex
	leaving []*Replica[C] // no longer named, with calls that are not over; guarded by mu
}

// NewSet follows the replicas of a service until the context ends. Connect makes the connections to one of them.
func NewSet[C Connections](ctx context.Context, service *url.URL, o Options, connect func(addr string) C) *Set[C] {
	s := &Set[C]{
		log: o.Log, service: service, connect: connect, probe: newProbe(service, o.Health), found: make(chan struct{}),
	}
	s.known.Store(&[]*Replica[C]{})
	go Follow(ctx, o.Lookup, service.Hostname(), Port(service), func(addrs []string) { s.update(ctx, addrs) })
	go s.watch(ctx)
	return s
}

// update takes the addresses that there are now. A replica that stays keeps its connections, one that is gone finishes what
// it has, and one that comes later is not called before it is well.
func (s *Set[C]) update(ctx context.Context, addrs []string) {
	before, now := *s.known.Load(), time.Now()
	after := make([]*Replica[C], 0, len(addrs))
	for _, addr := range addrs {
		i := slices.IndexFunc(before, func(r *Replica[C]) bool { return r.Addr == addr })
		if i >= 0 {
			after = append(after, before[i])
			continue
		}
		r := &Replica[C]{Addr: addr, Conns: s.connect(addr), idle: now}
		r.out.Store(len(before) > 0)
		after = append(after, r)
		if len(before) > 0 || s.probe.path != "" {
			s.ask(ctx, r, s.probe.answers)
		}
	}
	s.known.Store(&after)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range before {
		if !slices.Contains(after, r) {
			s.leaving = append(s.leaving, r)
			r.Conns.CloseIdleConnections()
		}
	}
	s.once.Do(func() { close(s.found) })
}

// Pick chooses the replica with the fewest calls pending, in turn among equals. One that is not well, or was tried for this
// call already, comes after all others. It gives nil when no replica is known.
func (s *Set[C]) Pick(tried []*Replica[C]) *Replica[C] {
	replicas := *s.known.Load()
	if len(replicas) == 0 {
		return nil
	}
	start := int(s.turn.Add(1)) % len(replicas)
	var best *Replica[C]
	least := 0
	for i := range replicas {
		r := replicas[(start+i)%len(replicas)]
		if load := r.load(slices.Contains(tried, r)); best == nil || load < least {
			best, least = r, load
		}
	}
	return best
}

// Eject has a replica passed over until a probe finds it well.
func (s *Set[C]) Eject(r *Replica[C], why error) {
	if r.out.CompareAndSwap(false, true) {
		s.log.Warn("replica ejected", "upstream", s.service.Host, "replica", r.Addr, "error", why)
	}
	r.Conns.CloseIdleConnections()
}

// Await waits for the first look-up, if it is not back yet, for a second at most.
func (s *Set[C]) Await(ctx context.Context, atMost time.Duration) {
	select {
	case <-s.found:
		return
	default:
	}
	timer := time.NewTimer(min(atMost, firstLookup))
	defer timer.Stop()
	select {
	case <-s.found:
	case <-ctx.Done():
	case <-timer.C:
	}
}
