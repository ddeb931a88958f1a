package httpserver_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
)

// house is a service with a public server and its health listener.
type house struct {
	journal         *journal
	trouble         error
	public, health  string
	stop            context.CancelCauseFunc
	ended           chan error
	inside, goAhead chan struct{} // of a call to /slow
}

func openHouse(t *testing.T, drain time.Duration) *house {
	t.Helper()
	h := &house{journal: new(journal), ended: make(chan error, 1), inside: make(chan struct{}), goAhead: make(chan struct{})}
	server := newServer(h.journal, func(app *fiber.App) {
		app.Get("/", func(c *fiber.Ctx) error { return c.SendString("served") })
		app.Get("/slow", func(c *fiber.Ctx) error {
			close(h.inside)
			<-h.goAhead
			return c.SendString("finished")
		})
	})
	server.Probed = true
	opened := make(chan []net.Addr, 1)
	service := httpserver.Service{
		Log: h.journal.logger(), Health: "127.0.0.1:0", Ready: func(context.Context) error { return h.trouble }, Drain: drain,
		Started: func(addrs []net.Addr) { opened <- addrs },
	}
	ctx, stop := context.WithCancelCause(t.Context())
	h.stop = stop
	go func() { h.ended <- service.Run(ctx, server) }()
	addrs := <-opened
	h.public, h.health = addrs[0].String(), addrs[1].String()
	return h
}

func (h *house) close(t *testing.T) {
	t.Helper()
	h.stop(httpserver.ErrInterrupted)
	if err := ended(t, h.ended); err != nil {
		t.Error(err)
	}
}

func TestHealth(t *testing.T) {
	h := openHouse(t, 0)
	defer h.close(t)
	for _, c := range []struct {
		trouble      error
		path, answer string
	}{
		{nil, "/livez", "200 ok\n"},
		{nil, "/readyz", "200 ok\n"},
		{errors.New("redis at 10.0.0.7"), "/livez", "200 ok\n"},
		{errors.New("redis at 10.0.0.7"), "/readyz", "503 not ready\n"},
	} {
		h.trouble = c.trouble
		for _, addr := range []string{h.health, h.public} {
			if addr == h.public && c.path == "/livez" {
				continue
			}
			got := served{addr, h.journal}.ask(t, "GET", c.path, "")
			if line := fmt.Sprintf("%d %s", got.status, got.body); line != c.answer {
				t.Errorf("%s with trouble %v: %q; want %q", c.path, c.trouble, line, c.answer)
			}
		}
		if err := httpserver.AskReady(h.health); (err == nil) != (c.trouble == nil) {
			t.Errorf("AskReady with trouble %v: %v", c.trouble, err)
		}
	}
}

// A service that is told to end says so to whoever chooses among replicas, and serves on meanwhile.
func TestADrainingServiceSaysSoAndServesOn(t *testing.T) {
	h := openHouse(t, time.Second)
	kept, err := net.Dial("tcp", h.public) // a connection that its client keeps
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	reader := bufio.NewReader(kept)
	if resp := askOn(t, kept, reader); resp.Close {
		t.Error("the connection ends before the service does")
	}
	h.stop(nil)
	for httpserver.AskReady(h.health) == nil { // until it says so
	}
	if got := (served{h.public, h.journal}).ask(t, "GET", "/readyz", ""); got.status != http.StatusServiceUnavailable {
		t.Errorf("/readyz while draining: %d", got.status)
	}
	if got := (served{h.public, h.journal}).ask(t, "GET", "/", ""); got.body != "served" {
		t.Errorf("a new connection while draining: %d %s", got.status, got.body)
	}
	if resp := askOn(t, kept, reader); resp.StatusCode != http.StatusOK || !resp.Close {
		t.Errorf("on a kept connection while draining: %d, close %t", resp.StatusCode, resp.Close)
	}
	if err := ended(t, h.ended); err != nil {
		t.Error(err)
	}
	waitRefused(t, h.public)
}

func askOn(t *testing.T, conn net.Conn, r *bufio.Reader) *http.Response {
	t.Helper()
	if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Discard(int(resp.ContentLength))
	return resp
}

// At the keyboard nobody is to take over: it ends at once, but for what is in flight.
func TestAnInterruptedServiceDoesNotDrain(t *testing.T) {
	h := openHouse(t, time.Hour)
	answered := make(chan string, 1)
	go func() { answered <- served{h.public, h.journal}.ask(t, "GET", "/slow", "").body }()
	<-h.inside
	h.stop(httpserver.ErrInterrupted)
	waitRefused(t, h.public)
	close(h.goAhead)
	if got := <-answered; got != "finished" {
		t.Errorf("the request in flight got %q", got)
	}
	if err := ended(t, h.ended); err != nil {
		t.Error(err)
	}
}

func TestCheckDrain(t *testing.T) {
	for d, good := range map[time.Duration]bool{0: true, time.Minute: true, -1: false, time.Minute + 1: false} {
		if err := httpserver.CheckDrain(d); (err == nil) != good {
			t.Errorf("%s: %v", d, err)
		}
	}
}

func TestAskReadyOfNobody(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	for _, addr := range []string{ln.Addr().String(), "no-port", ""} {
		if err := httpserver.AskReady(addr); err == nil {
			t.Errorf("AskReady(%q) finds somebody", addr)
		}
	}
}
