package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// line is a connection that callers share, as they do behind a proxy.
type line struct {
	net.Conn
	in *bufio.Reader
}

func (h *house) line() *line {
	h.t.Helper()
	conn, err := net.Dial("tcp", h.public)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	return &line{conn, bufio.NewReader(conn)}
}

// call makes one call of one session, and gives the status.
func (l *line) call(target, cookie string, lines ...string) (int, error) {
	io.WriteString(l, get(target, append(lines, "Cookie: "+cookie)...))
	resp, err := http.ReadResponse(l.in, nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// The server's buffers hold one request after another, of the same length here: what was kept of one must not turn into
// the next.
func TestCallersOnOneConnectionStayApart(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	sids := []string{"s-ada", "s-bob", "s-eve"}
	cookies := make(map[string]string)
	for _, sid := range sids {
		cookies[sid] = h.cookie(sid)
	}
	var all sync.WaitGroup
	for range 4 {
		l := h.line()
		all.Go(func() {
			for i := range 60 {
				sid := sids[i%len(sids)]
				target := fmt.Sprintf("/mine/%s/%02d", sid, i)
				if status, err := l.call(target, cookies[sid], "X-A: "+sid); status != 200 || err != nil {
					t.Errorf("%s: %d, %v", target, status, err)
				}
			}
		})
	}
	all.Wait()
	heard := h.up.take()
	for _, r := range heard {
		var sid string
		var i int
		fmt.Sscanf(r.line, "GET /mine/%5s/%d", &sid, &i)
		if want := identity(fmt.Sprintf("GET /mine/%s/%02d", sid, i), sid); r.broken != nil || r.text() != withLine(want, "X-A: "+sid) {
			t.Errorf("the upstream heard %q, %v; want %q", r.text(), r.broken, want)
		}
	}
	if len(heard) != 240 {
		t.Errorf("%d calls of 240", len(heard))
	}
}

// withLine puts a line of the client where it comes through, before those of the gateway.
func withLine(text, line string) string {
	var first, rest string
	for i := range text {
		if text[i] == '\n' {
			first, rest = text[:i], text[i:]
			break
		}
	}
	return first + "\n" + line + rest
}

// A session that ends does so for itself alone, on a connection that others share.
func TestARevokedCallerOnASharedConnection(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	ada, bob := h.cookie("s-ada"), h.cookie("s-bob")
	l := h.line()
	for _, cookie := range []string{ada, bob, ada} {
		if status, err := l.call("/mine/a", cookie); status != 200 {
			t.Fatal(status, err)
		}
	}
	if err := h.list.Session(t.Context(), "s-ada", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		cookie string
		want   int
	}{{ada, 401}, {bob, 200}, {ada, 401}, {"jwt=" + "a", 401}, {"", 401}, {bob, 200}} {
		if status, err := l.call("/mine/a", c.cookie); status != c.want {
			t.Errorf("%d, %v; want %d", status, err, c.want)
		}
	}
}
