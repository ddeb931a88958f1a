package httpserver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/internal/metrics"
)

// ReadyPath is where a service says whether it can do its work.
const ReadyPath = "/readyz"

const readyTimeout = 2 * time.Second

// health serves /livez, which says that the process runs, and the metrics.
func (s *Service) health() *fiber.App {
	app := Bare(Options{Service: "health", Log: s.Log})
	app.Get("/livez", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	if s.Metrics != nil {
		app.Get(metrics.Path, s.showMetrics)
	}
	return app
}

// showMetrics shows what can be known; what cannot is told in the log.
func (s *Service) showMetrics(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, metrics.ContentType)
	if err := s.Metrics.Write(c); err != nil {
		s.Log.Warn("metrics left out", "error", err)
	}
	return nil
}

// attend answers for readiness before the app does, without a line in the log for each probe, and ends connections with
// their answers while the service drains.
func (s *Service) attend(server Server) {
	fast := server.App.Server()
	next := fast.Handler
	fast.Handler = func(c *fasthttp.RequestCtx) {
		if server.Probed && string(c.Path()) == ReadyPath { // compared without a copy
			s.answerReady(c)
		} else {
			next(c)
		}
		if s.draining.Load() {
			c.SetConnectionClose()
		}
	}
}

func (s *Service) answerReady(c *fasthttp.RequestCtx) {
	// Not c itself: fasthttp uses it for the next request while a goroutine of this context may still look at it.
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Log.Warn("not ready", "error", err)
	} else if !s.draining.Load() {
		c.SetBodyString("ok\n")
		return
	}
	c.SetStatusCode(http.StatusServiceUnavailable)
	c.SetBodyString("not ready\n")
}

// AskReady is the health check of a container that has no shell: nil when /readyz at the address answers 200.
func AskReady(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: 3 * time.Second}
	resp, err := client.Get("http://127.0.0.1:" + port + ReadyPath)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", resp.Status)
	}
	return nil
}
