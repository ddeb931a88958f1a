package upstream

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// few is a client of at most two connections to a service, and told of each that opens or closes.
func few(t *testing.T, handler http.HandlerFunc) (c *client, states chan http.ConnState) {
	t.Helper()
	states = make(chan http.ConnState, 100)
	s := httptest.NewUnstartedServer(handler)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew || state == http.StateClosed {
			states <- state
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	c = &client{addr: s.Listener.Addr().String(), host: "service", most: 2, wait: time.Minute, idleFor: time.Minute}
	t.Cleanup(c.CloseIdleConnections)
	return c, states
}

func (c *client) get(t *testing.T, target string) (string, error) {
	t.Helper()
	var resp fasthttp.Response
	err := c.DoDeadline(&Request{Method: "GET", Target: target}, &resp, time.Now().Add(10*time.Second))
	return string(resp.Body()), err
}

func TestAConnectionIsUsedAgain(t *testing.T) {
	c, states := few(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })
	for _, path := range []string{"/a", "/b", "/c"} {
		if body, err := c.get(t, path); err != nil || body != path {
			t.Errorf("%s: %s, %v", path, body, err)
		}
	}
	if len(states) != 1 || c.PendingRequests() != 0 {
		t.Errorf("%d connections, %d calls pending", len(states), c.PendingRequests())
	}
	c.CloseIdleConnections()
	if <-states; <-states != http.StateClosed {
		t.Error("it stays open")
	}
}

func TestWhoeverFindsNoFreeConnectionWaitsItsTurn(t *testing.T) {
	release, asked := make(chan struct{}), make(chan string, 3)
	c, states := few(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		<-release
		if r.URL.Path == "/close" {
			w.Header().Set("Connection", "close") // whoever waits must open another one
		}
	})
	done := make(chan error, 3)
	for _, path := range []string{"/close", "/keep"} {
		go func() { _, err := c.get(t, path); done <- err }()
		<-asked
	}
	c.wait = time.Millisecond
	if _, err := c.get(t, "/none"); !errors.Is(err, fasthttp.ErrNoFreeConns) {
		t.Errorf("no connection was free, and yet: %v", err)
	}
	c.wait = time.Minute
	go func() { _, err := c.get(t, "/waits"); done <- err }()
	for c.queue() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if c.PendingRequests() != 0 || c.queue() != 0 {
		t.Errorf("%d calls pending, %d waiting", c.PendingRequests(), c.queue())
	}
	if n := len(states); n > 5 {
		t.Errorf("%d connections were opened or closed", n)
	}
}

func (c *client) queue() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting)
}

func TestWhatNobodyUsesIsClosed(t *testing.T) {
	c, states := few(t, func(http.ResponseWriter, *http.Request) {})
	c.idleFor = 10 * time.Millisecond
	if _, err := c.get(t, "/"); err != nil {
		t.Fatal(err)
	}
	if <-states; <-states != http.StateClosed {
		t.Error("it stays open")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open != 0 || len(c.idle) != 0 {
		t.Errorf("%d open, %d idle", c.open, len(c.idle))
	}
}

// A call that must not be made twice is not sent on a connection that the service has closed.
func TestAClosedConnectionIsNotUsed(t *testing.T) {
	c, _ := few(t, func(w http.ResponseWriter, r *http.Request) {
		conn, _, _ := http.NewResponseController(w).Hijack()
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") // says nothing of the end
		conn.Close()
	})
	for range 5 {
		var resp fasthttp.Response
		if err := c.DoDeadline(&Request{Method: "POST", Target: "/"}, &resp, time.Now().Add(10*time.Second)); err != nil {
			t.Fatal(err)
		}
		c.mu.Lock()
		idle := c.idle[0]
		c.mu.Unlock()
		for idle.quiet() { // the end is on its way
			time.Sleep(time.Millisecond)
		}
	}
}
