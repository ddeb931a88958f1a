package upstream_test

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"gatehouse/gateway/internal/upstream"
	"gatehouse/internal/fault"
)

// listen starts a replica on the loopback address given, so that two of them can share a port.
func listen(t *testing.T, addr string, handler http.Handler) *httptest.Server {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(handler)
	s.Listener.Close()
	s.Listener = ln
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func port(s *httptest.Server) string {
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	return port
}

func fixed(addrs ...string) func(context.Context, string) ([]netip.Addr, error) {
	return func(context.Context, string) ([]netip.Addr, error) {
		var found []netip.Addr
		for _, a := range addrs {
			found = append(found, netip.MustParseAddr(a))
		}
		return found, nil
	}
}

func pools(t *testing.T, lookup func(context.Context, string) ([]netip.Addr, error), name string) *upstream.Pools {
	t.Helper()
	p := upstream.NewPools(t.Context(), lookup, slog.New(slog.DiscardHandler))
	if err := p.Use(map[string]string{name: ""}); err != nil {
		t.Fatal(err)
	}
	return p
}

type answer struct {
	status int
	body   string
	addr   string
}

func call(p *upstream.Pools, name, method, body string, timeout time.Duration) (answer, error) {
	resp := fasthttp.AcquireResponse()
	defer fasthttp.ReleaseResponse(resp)
	req := &upstream.Request{Method: method, Target: "/x", Body: []byte(body)}
	addr, err := p.Forward(name, req, resp, timeout)
	if err != nil {
		return answer{addr: addr}, err
	}
	got := answer{status: resp.StatusCode(), addr: addr}
	if stream := resp.BodyStream(); stream != nil {
		all, _ := io.ReadAll(stream)
		got.body = string(all)
	} else {
		got.body = string(resp.Body())
	}
	return got, nil
}

func wantKind(t *testing.T, err error, kind fault.Kind) *fault.Fault {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != kind {
		t.Fatalf("error %v; want a fault of status %d", err, kind.Status())
	}
	if strings.Contains(f.Message, "127.0.0") || strings.Contains(f.Message, "dial") {
		t.Errorf("the message tells what is inside: %s", f.Message)
	}
	return f
}

func counter(n *atomic.Int32) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		io.WriteString(w, r.Method+" "+r.Host+r.RequestURI)
	})
}

func TestCallsSpreadOverReplicas(t *testing.T) {
	var first, second atomic.Int32
	one := listen(t, "127.0.0.1:0", counter(&first))
	listen(t, "127.0.0.2:"+port(one), counter(&second))
	name := "http://service:" + port(one)
	p := pools(t, fixed("127.0.0.1", "127.0.0.2"), name)
	for range 20 {
		got, err := call(p, name, "GET", "", time.Second)
		if err != nil || got.status != 200 || got.body != "GET service:"+port(one)+"/x" {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if first.Load() != 10 || second.Load() != 10 {
		t.Errorf("spread: %d and %d", first.Load(), second.Load())
	}
}

func TestDeadReplicaIsPassedOver(t *testing.T) {
	var n atomic.Int32
	one := listen(t, "127.0.0.1:0", counter(&n))
	name := "http://service:" + port(one)
	p := pools(t, fixed("127.0.0.1", "127.0.0.3"), name)
	for range 10 { // also with a body: nothing of it was sent
		if got, err := call(p, name, "POST", "body", time.Second); err != nil || got.status != 200 {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if n.Load() != 10 {
		t.Errorf("the living replica had %d calls", n.Load())
	}
}

func TestNoReplicaIsUnavailable(t *testing.T) {
	name := "http://service:1"
	f := wantKind(t, second(call(pools(t, fixed("127.0.0.1"), name), name, "GET", "", time.Second)), fault.Unavailable)
	if f.RetryAfter == 0 {
		t.Error("no Retry-After")
	}
	none := func(context.Context, string) ([]netip.Addr, error) { return nil, errors.New("no such host") }
	wantKind(t, second(call(pools(t, none, name), name, "GET", "", time.Millisecond)), fault.Unavailable)
	wantKind(t, second(call(pools(t, none, name), "http://other:1", "GET", "", time.Second)), fault.Unavailable)
}

func second(_ answer, err error) error { return err }

func TestSlowReplicaIsTimeout(t *testing.T) {
	release := make(chan struct{})
	one := listen(t, "127.0.0.1:0", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer close(release)
	name := "http://service:" + port(one)
	wantKind(t, second(call(pools(t, fixed("127.0.0.1"), name), name, "GET", "", 50*time.Millisecond)), fault.UpstreamTimeout)
}

// hangUp closes the connection without an answer, for the first n requests.
func hangUp(calls *atomic.Int32, n int32) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) <= n {
			conn, _, _ := http.NewResponseController(w).Hijack()
			conn.Close()
			return
		}
		io.WriteString(w, "ok")
	})
}

func TestOnlyWhatMayBeRepeatedIs(t *testing.T) {
	for _, c := range []struct {
		method, body string
		calls        int32
		fails        bool
	}{
		{"GET", "", 2, false}, {"DELETE", "", 2, false}, {"PUT", "", 2, false},
		{"POST", "", 1, true}, {"PUT", "x", 1, true}, {"PATCH", "", 1, true},
	} {
		var calls atomic.Int32
		one := listen(t, "127.0.0.1:0", hangUp(&calls, 1))
		name := "http://service:" + port(one)
		_, err := call(pools(t, fixed("127.0.0.1"), name), name, c.method, c.body, time.Second)
		if calls.Load() != c.calls || (err != nil) != c.fails {
			t.Errorf("%s %q: %d calls, %v", c.method, c.body, calls.Load(), err)
		}
		if c.fails {
			wantKind(t, err, fault.Unavailable)
		}
	}
}

func TestNonsenseIsBadUpstream(t *testing.T) {
	one := listen(t, "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := http.NewResponseController(w).Hijack()
		io.WriteString(conn, "HELLO\r\n\r\n")
		conn.Close()
	}))
	name := "http://service:" + port(one)
	wantKind(t, second(call(pools(t, fixed("127.0.0.1"), name), name, "GET", "", time.Second)), fault.BadUpstream)
}

func TestRestartedReplicaIsReachedAgain(t *testing.T) {
	var n atomic.Int32
	one := listen(t, "127.0.0.1:0", counter(&n))
	name := "http://service:" + port(one)
	p := pools(t, fixed("127.0.0.1"), name)
	if _, err := call(p, name, "GET", "", time.Second); err != nil {
		t.Fatal(err)
	}
	one.CloseClientConnections()
	one.Close()
	wantKind(t, second(call(p, name, "GET", "", time.Second)), fault.Unavailable)
	listen(t, one.Listener.Addr().String(), counter(&n))
	if got, err := call(p, name, "POST", "x", time.Second); err != nil || got.status != 200 {
		t.Errorf("after the restart: %+v, %v", got, err)
	}
}

func TestUpstreamsThatAreNoLongerNamedEnd(t *testing.T) {
	var n atomic.Int32
	one, two := listen(t, "127.0.0.1:0", counter(&n)), listen(t, "127.0.0.1:0", counter(&n))
	first, second := "http://one:"+port(one), "http://two:"+port(two)
	p := pools(t, fixed("127.0.0.1"), first)
	if err := p.Use(map[string]string{second: ""}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{first, second} { // a request may be on its way by the old table
		if _, err := call(p, name, "GET", "", time.Second); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.Drop()
	if _, err := call(p, second, "GET", "", time.Second); err != nil {
		t.Error(err)
	}
	_, err := call(p, first, "GET", "", time.Second)
	wantKind(t, err, fault.Unavailable)
}

func TestHTTPSUpstreamIsVerified(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	name := "https://service:" + port(s)
	_, err := call(pools(t, fixed("127.0.0.1"), name), name, "GET", "", time.Second)
	if f := wantKind(t, err, fault.BadUpstream); !strings.Contains(f.Error(), "certificate") {
		t.Errorf("%v; want a refusal of the certificate", f)
	}
}
