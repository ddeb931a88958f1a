package httpserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"

	"gatehouse/internal/deadline"
	"gatehouse/internal/metrics"
)

// Grace is how long requests in flight may take to finish at shutdown.
const Grace = 10 * time.Second

// maxDrain is the longest time that a service may serve on after it was told to end.
const maxDrain = time.Minute

// CheckDrain says what is wrong with a time for Service.Drain.
func CheckDrain(d time.Duration) error {
	if d < 0 || d > maxDrain {
		return fmt.Errorf("must be a duration of at most %s", maxDrain)
	}
	return nil
}

// ErrInterrupted is the cause of a context that is ended by a person at the keyboard: nobody is to take over.
var ErrInterrupted = errors.New("interrupted")

// Server is an app and the address that it listens on, such as ":8087"; ":0" takes any free port.
type Server struct {
	App  *fiber.App
	Addr string
	// Probed has it answer ReadyPath too: whoever calls it has several replicas to choose from.
	Probed bool
}

// Service is what runs until it is told to end.
type Service struct {
	Log    *slog.Logger
	Health string                      // the address of the health listener
	Ready  func(context.Context) error // whether it can do its work
	Drain  time.Duration               // how long it serves on after it has said that it ends
	// Metrics are shown on the health listener alone. May be nil.
	Metrics *metrics.Registry
	// Finish, which may be nil, waits for what may be in flight for long, and ends it when the context does.
	Finish func(context.Context)
	// Started, which may be nil, gets the addresses of the servers and the health listener once all are open.
	Started func([]net.Addr)

	draining atomic.Bool
}

// Run serves until the context ends. Then it says that it is not ready, and that each connection ends with its answer, and
// serves on for the time of Drain, so that whoever chooses among replicas takes another. What is in flight then may finish,
// for at most Grace.
func (s *Service) Run(ctx context.Context, servers ...Server) error {
	servers = append(servers, Server{App: s.health(), Addr: s.Health, Probed: true})
	listeners, err := listen(servers)
	if err != nil {
		return err
	}
	addrs := make([]net.Addr, len(listeners))
	group, running := errgroup.WithContext(ctx)
	for i, ln := range listeners {
		addrs[i] = ln.Addr()
		s.attend(servers[i])
		group.Go(func() error { return servers[i].App.Listener(deadline.Listener{Listener: ln}) })
	}
	s.Log.Info("listening", "addresses", fmt.Sprint(addrs))
	if s.Started != nil {
		s.Started(addrs)
	}
	group.Go(func() error {
		<-running.Done()
		s.drain(ctx)
		s.Log.Info("shutting down", "grace", Grace.String())
		return s.shutdown(servers, listeners)
	})
	return group.Wait()
}

// drain serves on, unless there is nobody to whom that is of use: at the keyboard, or after a failure.
func (s *Service) drain(ctx context.Context) {
	if s.draining.Store(true); ctx.Err() == nil || errors.Is(context.Cause(ctx), ErrInterrupted) {
		return
	}
	s.Log.Info("draining", "for", s.Drain.String())
	<-time.After(s.Drain)
}

func listen(servers []Server) ([]net.Listener, error) {
	var listeners []net.Listener
	for _, s := range servers {
		ln, err := net.Listen("tcp", s.Addr)
		if err != nil {
			for _, open := range listeners {
				open.Close()
			}
			return nil, err
		}
		listeners = append(listeners, ln)
	}
	return listeners, nil
}

// lastWords is the time after the grace for what ends with it to be closed.
const lastWords = time.Second

// shutdown stops the servers at once and beside each other, so that they share one grace. It closes the listeners itself
// too: fasthttp forgets a shutdown that comes before it serves, and would then serve for ever.
func (s *Service) shutdown(servers []Server, listeners []net.Listener) error {
	ctx, cancel := context.WithTimeout(context.Background(), Grace)
	defer cancel()
	var group errgroup.Group
	if s.Finish != nil {
		group.Go(func() error { s.Finish(ctx); return nil })
	}
	for i, each := range servers {
		group.Go(func() error {
			err := each.App.ShutdownWithTimeout(Grace + lastWords)
			listeners[i].Close()
			if errors.Is(err, context.DeadlineExceeded) {
				return nil
			}
			return err
		})
	}
	return group.Wait()
}
