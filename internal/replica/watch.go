package replica

import (
	"context"
	"slices"
	"time"
)

const (
	// watchEvery is how often it is decided who is probed, so that whoever is gone is ejected within a second.
	watchEvery = 500 * time.Millisecond
	// silence is how long a replica that was asked may answer nothing before it is probed.
	silence = time.Second
)

// watch probes replicas until the context ends. Then it closes the connections that nobody uses.
func (s *Set[C]) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			for _, r := range *s.known.Load() {
				r.Conns.CloseIdleConnections()
			}
			return
		case now := <-tick.C:
			for _, r := range *s.known.Load() {
				s.look(ctx, r, now)
			}
			s.release()
		}
	}
}

// look probes a replica if its own answers do not say how it is.
func (s *Set[C]) look(ctx context.Context, r *Replica[C], now time.Time) {
	idle := r.waiting.Load() == 0
	if idle {
		r.idle = now
	}
	switch {
	case r.out.Load():
		r.Conns.CloseIdleConnections() // those too on which a call has ended since
		s.ask(ctx, r, s.probe.answers)
	case s.probe.path != "", r.hangs(now):
		s.ask(ctx, r, s.probe.answers)
	case idle && r.quiet(now) > watchEvery/2: // no answer of late says how it is
		s.ask(ctx, r, s.probe.connects)
	}
}

// ask probes a replica in the background, once at a time.
func (s *Set[C]) ask(ctx context.Context, r *Replica[C], how func(context.Context, string) error) {
	if !r.probing.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer r.probing.Store(false)
		err := how(ctx, r.Addr)
		switch {
		case ctx.Err() != nil:
		case err == nil:
			r.missed = 0
			s.welcome(r)
		case isTimeout(err) && r.missed == 0:
			r.missed++ // the machine may be busy: it has one more
		default:
			s.Eject(r, err)
		}
	}()
}

func (s *Set[C]) welcome(r *Replica[C]) {
	if r.out.CompareAndSwap(true, false) {
		s.log.Info("replica well", "upstream", s.service.Host, "replica", r.Addr)
	}
}

// release closes the connections of replicas that have left, as their last calls end.
func (s *Set[C]) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leaving = slices.DeleteFunc(s.leaving, func(r *Replica[C]) bool {
		over := r.Conns.PendingRequests() == 0 // asked first: a call that ends in between leaves a connection behind
		r.Conns.CloseIdleConnections()
		return over
	})
}
