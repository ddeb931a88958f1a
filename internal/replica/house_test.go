package replica_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/internal/replica"
	"gatehouse/internal/servertest"
)

// patience is how long a test waits for what must happen before it calls it lost.
const patience = 10 * time.Second

// house is a service with replicas on addresses of the loopback network, who watches them, and what that says.
type house struct {
	t      *testing.T
	port   string
	names  *names
	said   chan string // "replica ejected 127.0.0.2", "replica well 127.0.0.2"
	client *http.Client
}

func newHouse(t *testing.T, health string, addrs ...string) *house {
	t.Helper()
	h := &house{t: t, port: strconv.Itoa(servertest.FreePort(t)), names: new(names), said: make(chan string, 100)}
	h.names.set(nil, addrs...)
	h.client = &http.Client{Transport: replica.NewTransport(t.Context(), &url.URL{Scheme: "http", Host: "users:" + h.port},
		replica.Options{Lookup: h.names.lookup, Log: slog.New(h), Health: health})}
	return h
}

// Enabled, Handle, WithAttrs and WithGroup make the house a slog.Handler.
func (h *house) Enabled(context.Context, slog.Level) bool { return true }
func (h *house) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *house) WithGroup(string) slog.Handler            { return h }
func (h *house) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "replica" {
			h.said <- r.Message + " " + netip.MustParseAddrPort(a.Value.String()).Addr().String()
		}
		return true
	})
	return nil
}

// await waits until it says so, and gives how long that took.
func (h *house) await(want string) time.Duration {
	h.t.Helper()
	begin, over := time.Now(), time.After(patience)
	for {
		select {
		case said := <-h.said:
			if said == want {
				return time.Since(begin)
			}
		case <-over:
			h.t.Fatalf("it never says %q", want)
		}
	}
}

// member is one replica: it answers with its address.
type member struct {
	*httptest.Server
	opened, closed atomic.Int32 // connections
	served         atomic.Int32
	ill, hanging   atomic.Bool
	hangUps        atomic.Int32  // how many calls are hung up on
	inside, leave  chan struct{} // of a call to /slow
	woken          chan struct{}
}

func (h *house) start(addr string) *member {
	h.t.Helper()
	ln, err := net.Listen("tcp", net.JoinHostPort(addr, h.port))
	if err != nil {
		h.t.Skipf("this test wants several loopback addresses: %v", err)
	}
	m := &member{inside: make(chan struct{}), leave: make(chan struct{}), woken: make(chan struct{})}
	m.Server = &httptest.Server{Listener: ln, Config: &http.Server{Handler: m.handler(addr), ConnState: m.count}}
	m.Start()
	h.t.Cleanup(m.Close)
	return m
}

func (m *member) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		m.opened.Add(1)
	case http.StateClosed:
		m.closed.Add(1)
	}
}

func (m *member) handler(addr string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if m.hanging.Load() {
			<-m.woken
		}
		switch {
		case r.URL.Path == "/readyz":
			if m.ill.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			return
		case r.Method == http.MethodOptions:
			w.WriteHeader(http.StatusNotFound) // any answer will do
			return
		case r.URL.Path == "/slow" && addr == second:
			close(m.inside)
			<-m.leave
		case m.hangUps.Add(-1) >= 0:
			panic(http.ErrAbortHandler)
		}
		m.served.Add(1)
		io.WriteString(w, addr)
	})
}

// get makes a call and gives who answered.
func (h *house) get(path string) string {
	resp, err := h.client.Get("http://users:" + h.port + path)
	return whoOf(resp, err)
}

func (h *house) post(mark func(*http.Request)) string {
	h.t.Helper()
	req, err := http.NewRequest("POST", "http://users:"+h.port+"/", io.NopCloser(nil))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Body = nil
	mark(req)
	return whoOf(h.client.Do(req))
}

func whoOf(resp *http.Response, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "error: " + err.Error()
	}
	return string(body)
}

// wants makes calls and counts who answered.
func (h *house) wants(calls int, want map[string]int) {
	h.t.Helper()
	got := map[string]int{}
	for range calls {
		got[h.get("/")]++
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		h.t.Errorf("%d calls went to %v; want %v", calls, got, want)
	}
}

// eventually waits for what no channel tells.
func (h *house) eventually(what string, holds func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("never: %s", what)
		}
	}
}
