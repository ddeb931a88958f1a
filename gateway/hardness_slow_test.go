package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// drip is a client that takes its time: what it sends at once, and what it goes on with, byte by byte and without an end.
type drip struct{ name, start, more string }

var drips = []drip{
	{"nothing", "", ""},
	{"a line", "GET /open/", "a"},
	{"a header", "GET /open/a HTTP/1.1\r\nHost: h\r\nX-A: ", "a"},
	{"many headers", "GET /open/a HTTP/1.1\r\nHost: h\r\n", "X-A: b\r\n"},
	{"a body", post("", "Content-Length: 60000"), "a"},
	{"chunks", post("", "Transfer-Encoding: chunked"), "1\r\na\r\n"},
	{"an expected body", post("", "Expect: 100-continue", "Content-Length: 60000"), "a"},
	{"a second request", get("/open/good"), "GET "},
}

const (
	slowClients = 1000
	slowLimit   = 2 * time.Second // READ_TIMEOUT
	promptly    = time.Second     // for everybody else; it takes a millisecond where nothing else runs
	slowMemory  = 96 << 20        // bytes, of both sides: 16 KiB of buffer and two stacks for each
)

// slow is one of the connections.
type slow struct {
	drip
	net.Conn
	sent  int
	ended time.Duration // since the beginning
	heard []byte
}

// A thousand clients that never come to an end hold nobody up, are ended in time, and cost little memory.
func TestSlowClientsHoldNobodyUp(t *testing.T) {
	h := openHouse(t, slowLimit)
	before := memory()
	began := time.Now()
	crowd, all := h.crowd(t, began)
	over := make(chan struct{})
	go func() {
		all.Wait()
		close(over)
	}()
	ticks, most, worst, calls := time.NewTicker(50*time.Millisecond), before, time.Duration(0), 0
	defer ticks.Stop()
	for waiting := true; waiting; {
		select {
		case <-over:
			waiting = false
		case <-ticks.C:
			for _, s := range crowd {
				s.goOn()
			}
			asked := time.Now()
			if status, _ := h.ask("GET", "/open/good"); status != 200 {
				t.Errorf("a good client got %d", status)
			}
			worst, most, calls = max(worst, time.Since(asked)), max(most, memory()), calls+1
		}
	}
	last := slices.MaxFunc(crowd, func(a, b *slow) int { return int(a.ended - b.ended) })
	t.Logf("%d slow clients, the last ended after %v; %d good calls, the slowest %v; %d MiB at most",
		len(crowd), last.ended, calls, worst, (most-before)>>20)
	if last.ended > 2*slowLimit+promptly { // one limit for the request before, where there was one
		t.Errorf("%s was still sent after %v", last.name, last.ended)
	}
	if worst > promptly || calls < 10 {
		t.Errorf("%d good calls, the slowest %v", calls, worst)
	}
	if most-before > slowMemory {
		t.Errorf("%d MiB for %d clients", (most-before)>>20, len(crowd))
	}
	checkRefused(t, crowd)
}

// crowd opens all connections, each with its beginning sent.
func (h *house) crowd(t *testing.T, began time.Time) ([]*slow, *sync.WaitGroup) {
	t.Helper()
	var all sync.WaitGroup
	crowd := make([]*slow, slowClients)
	for i := range crowd {
		conn, err := net.Dial("tcp", h.public)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		s := &slow{drip: drips[i%len(drips)], Conn: conn}
		crowd[i] = s
		io.WriteString(conn, s.start)
		all.Go(func() {
			s.heard, _ = io.ReadAll(conn)
			s.ended = time.Since(began)
		})
	}
	return crowd, &all
}

// goOn sends one more byte, and nothing once the gateway has hung up.
func (s *slow) goOn() {
	if s.more != "" {
		io.WriteString(s, s.more[s.sent%len(s.more):][:1])
		s.sent++
	}
}

// memory is what both sides of the test hold.
func memory() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// checkRefused wants each of them to be told, and none to be served.
func checkRefused(t *testing.T, crowd []*slow) {
	t.Helper()
	for _, s := range crowd {
		in := bufio.NewReader(bytes.NewReader(s.heard))
		var got []int
		for {
			resp, err := http.ReadResponse(in, nil)
			if err != nil {
				break
			}
			io.Copy(io.Discard, resp.Body)
			got = append(got, resp.StatusCode)
		}
		if len(got) == 0 || got[len(got)-1] != http.StatusRequestTimeout {
			t.Fatalf("%s got %v; want 408 at last", s.name, got)
		}
	}
}
