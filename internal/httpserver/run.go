package httpserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"

	"gatehouse/internal/deadline"
)

// Grace is how long requests in flight may take to finish at shutdown.
const Grace = 10 * time.Second

// Server is an app and the address that it listens on, such as ":8087"; ":0" takes any free port.
type Server struct {
	App  *fiber.App
	Addr string
}

// Run serves all servers until the context ends, then lets what is in flight finish, for at most Grace. It calls
// started, if not nil, with the addresses once every listener is open.
func Run(ctx context.Context, log *slog.Logger, started func([]net.Addr), servers ...Server) error {
	listeners, err := listen(servers)
	if err != nil {
		return err
	}
	addrs := make([]net.Addr, len(listeners))
	group, ctx := errgroup.WithContext(ctx)
	for i, ln := range listeners {
		addrs[i] = ln.Addr()
		group.Go(func() error { return servers[i].App.Listener(deadline.Listener{Listener: ln}) })
	}
	log.Info("listening", "addresses", fmt.Sprint(addrs))
	if started != nil {
		started(addrs)
	}
	group.Go(func() error {
		<-ctx.Done()
		log.Info("shutting down", "grace", Grace.String())
		return shutdown(servers, listeners)
	})
	return group.Wait()
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

// shutdown stops the servers at once and beside each other, so that they share one grace. It closes the listeners itself
// too: fasthttp forgets a shutdown that comes before it serves, and would then serve for ever.
func shutdown(servers []Server, listeners []net.Listener) error {
	var group errgroup.Group
	for i, s := range servers {
		group.Go(func() error {
			err := s.App.ShutdownWithTimeout(Grace)
			listeners[i].Close()
			if errors.Is(err, context.DeadlineExceeded) {
				return nil
			}
			return err
		})
	}
	return group.Wait()
}

// Health serves /livez, which says that the process runs, and /readyz, which asks ready whether it can do its work.
func Health(ready func(context.Context) error, log *slog.Logger) *fiber.App {
	app := Bare(Options{Service: "health", Log: log})
	app.Get("/livez", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	app.Get("/readyz", func(c *fiber.Ctx) error {
		// Not c.Context(): fasthttp uses it for the next request while a goroutine of this context may still look at it.
		ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			log.Warn("not ready", "error", err)
			return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
		}
		return c.SendString("ok\n")
	})
	return app
}

// AskReady is the health check of a container that has no shell: nil when /readyz at the address answers 200.
func AskReady(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: 3 * time.Second}
	resp, err := client.Get("http://127.0.0.1:" + port + "/readyz")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", resp.Status)
	}
	return nil
}
