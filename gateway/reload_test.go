package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// answering is an upstream that answers with its name; at /held it waits until it is let go.
func answering(t *testing.T, name string) (port int, letGo func()) {
	t.Helper()
	held := make(chan struct{})
	letGo = sync.OnceFunc(func() { close(held) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/held" {
			io.WriteString(w, "held ")
			http.NewResponseController(w).Flush()
			<-held
		}
		io.WriteString(w, name)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(letGo)
	return server.Listener.Addr().(*net.TCPAddr).Port, letGo
}

// looks waits until the gateway has looked at the file so often, and done what it wants to.
func (s *system) looks(times int) {
	for range times + 1 { // the last tick is taken once the look before is over
		s.ticks <- time.Time{}
	}
}

func (s *system) write(text string) {
	s.t.Helper()
	if err := os.WriteFile(s.file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// caller calls without an end and counts what is not answered by one of the two upstreams.
func (s *system) caller(over <-chan struct{}, cookie string, calls, dropped *atomic.Int64) {
	client := http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Second}
	for {
		select {
		case <-over:
			client.CloseIdleConnections()
			return
		default:
		}
		calls.Add(1)
		req, _ := http.NewRequest("GET", "http://"+s.public+"/swap/x", nil)
		req.Header.Set("Cookie", cookie)
		resp, err := client.Do(req)
		if err != nil {
			dropped.Add(1)
			s.t.Error(err)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || string(body) != "one" && string(body) != "two" {
			dropped.Add(1)
			s.t.Errorf("%d %s %v", resp.StatusCode, body, err)
		}
	}
}

// The table changes a hundred times under load, to and fro between two upstreams, with bad files between. No request is
// dropped, one that is on its way is answered by whom it went to, and each change holds at once.
func TestTheTableChangesUnderLoad(t *testing.T) {
	s := start(t)
	cookie := s.cookie("s1")
	s.want(s.public, "/api/id", cookie, 200)
	before, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	one, letGo := answering(t, "one")
	two, _ := answering(t, "two")
	table := func(name string, port int) string {
		return fmt.Sprintf("%s\n  - {path: /swap/, methods: [GET], upstream: \"http://%s:%d\", access: session, strip_prefix: true, timeout: 2m}\n", before, name, port)
	}
	s.write(table("one", one))
	s.looks(2)
	held := s.held(cookie)
	var (
		calls, dropped atomic.Int64
		callers        sync.WaitGroup
		over           = make(chan struct{})
	)
	for range 8 {
		callers.Go(func() { s.caller(over, cookie, &calls, &dropped) })
	}
	for i := range 100 {
		name, port := "two", two
		if i%2 == 1 {
			name, port = "one", one
		}
		s.write("routes: nonsense")
		s.looks(2)
		s.write(table(name, port))
		s.looks(2)
		if status, body := s.get(s.public, "/swap/x", cookie); status != 200 || body != name {
			t.Errorf("after the change to %s: %d %s", name, status, body)
		}
	}
	s.write(string(before))
	close(over)
	callers.Wait()
	s.looks(2)
	s.want(s.public, "/swap/x", cookie, 404)
	letGo()
	if rest, err := io.ReadAll(held); err != nil || string(rest) != "held one" {
		t.Errorf("the request that was on its way: %q, %v", rest, err)
	}
	t.Logf("%d requests, %d dropped", calls.Load(), dropped.Load())
}

// held begins a request whose answer goes on until the upstream is let go.
func (s *system) held(cookie string) io.Reader {
	s.t.Helper()
	req, _ := http.NewRequest("GET", "http://"+s.public+"/swap/held", nil)
	req.Header.Set("Cookie", cookie)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { resp.Body.Close() })
	return resp.Body
}
