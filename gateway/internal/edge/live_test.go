package edge_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// live answers what lasts: a body that is read in parts, a tunnel, trailers.
func (e *echo) live(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/api/live/upload":
		e.readParts(w, r)
	case "/api/live/early":
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, "not for you")
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // reads nothing of the body
	case "/api/live/socket":
		if r.Header.Get("Upgrade") != "websocket" || r.Header.Get("Connection") != "Upgrade" {
			w.WriteHeader(http.StatusUpgradeRequired)
			return
		}
		conn, buffered, _ := http.NewResponseController(w).Hijack()
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\nhello",
			r.Header.Get("Sec-WebSocket-Key"))
		io.Copy(conn, buffered)
	case "/api/live/trailers":
		w.Header().Set("Trailer", "X-Sum")
		w.WriteHeader(http.StatusEarlyHints)
		io.WriteString(w, "body")
		http.NewResponseController(w).Flush()
		w.Header().Set("X-Sum", "42")
	}
}

// readParts tells of the first part of a body when it is there, and of the end or what came in its place.
func (e *echo) readParts(w http.ResponseWriter, r *http.Request) {
	first := make([]byte, 5)
	io.ReadFull(r.Body, first)
	e.parts <- string(first)
	rest, err := io.Copy(io.Discard, r.Body)
	e.parts <- fmt.Sprint(rest+5, " ", err)
	io.WriteString(w, "done")
}

// dial opens a connection and sends the beginning of a request with a session.
func (d *door) dial(text string) (net.Conn, *bufio.Reader) {
	d.t.Helper()
	conn, err := net.Dial("tcp", d.addr)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	line, rest, _ := strings.Cut(text, "\r\n")
	fmt.Fprintf(conn, "%s\r\nHost: h\r\nCookie: jwt=%s\r\n%s", line, d.token("User"), rest)
	return conn, bufio.NewReader(conn)
}

func (d *door) answer(from *bufio.Reader) reply {
	d.t.Helper()
	resp, err := http.ReadResponse(from, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return read(d.t, resp)
}

const upload = "POST /api/live/upload HTTP/1.1\r\nSec-Fetch-Site: same-origin\r\n"

// The upstream has the first part of a long body before the last one is sent.
func TestLongBodiesPassAsTheyCome(t *testing.T) {
	d := open(t)
	half := strings.Repeat("x", 8<<20)
	for name, c := range map[string]struct{ framing, begin, between, end string }{
		"with a length": {"Content-Length: 16777216\r\n\r\n", "", "", ""},
		"in chunks":     {"Transfer-Encoding: chunked\r\n\r\n", "800000\r\n", "\r\n800000\r\n", "\r\n0\r\n\r\n"},
	} {
		conn, answers := d.dial(upload + c.framing)
		io.WriteString(conn, c.begin+half)
		if part := <-d.echo.parts; part != "xxxxx" {
			t.Errorf("%s: first %q", name, part)
		}
		io.WriteString(conn, c.between+half+c.end)
		if all := <-d.echo.parts; all != "16777216 <nil>" {
			t.Errorf("%s: then %s", name, all)
		}
		if r := d.answer(answers); r.StatusCode != 200 || r.body != "done" {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
}

func TestALongBodyThatEndsBadlyIsNoWholeOne(t *testing.T) {
	d := open(t)
	for name, c := range map[string]struct {
		send   string
		status int
	}{
		"too long, in chunks": {"Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("100000\r\n"+strings.Repeat("x", 1<<20)+"\r\n", 33), 413},
		"no chunk":            {"Transfer-Encoding: chunked\r\n\r\n80000\r\n" + strings.Repeat("x", 8<<16) + "\r\nzz\r\n", 400},
	} {
		conn, answers := d.dial(upload + c.send)
		if part, all := <-d.echo.parts, <-d.echo.parts; part != "xxxxx" || strings.HasSuffix(all, "<nil>") {
			t.Errorf("%s: the upstream took it for a whole one: %s", name, all)
		}
		if r := d.answer(answers); r.StatusCode != c.status || !r.Close {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
		conn.Close()
	}
	conn, _ := d.dial(upload + "Content-Length: 16777216\r\n\r\n" + strings.Repeat("x", 1<<20))
	<-d.echo.parts
	conn.Close()
	if all := <-d.echo.parts; strings.HasSuffix(all, "<nil>") {
		t.Errorf("the client is gone: %s", all)
	}
}

func TestAnUpstreamMayAnswerBeforeTheBodyIsThere(t *testing.T) {
	d := open(t)
	conn, answers := d.dial("POST /api/live/early HTTP/1.1\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 33554432\r\n\r\n")
	go io.WriteString(conn, strings.Repeat("x", 32<<20))
	if resp, err := http.ReadResponse(answers, nil); err != nil || resp.StatusCode != 403 {
		t.Errorf("%+v, %v", resp, err)
	}
}

func TestTrailersPassAndInterimAnswersDoNot(t *testing.T) {
	d := open(t)
	_, answers := d.dial("GET /api/live/trailers HTTP/1.1\r\n\r\n")
	if r := d.answer(answers); r.StatusCode != 200 || r.body != "body" || r.Trailer.Get("X-Sum") != "42" {
		t.Errorf("%d %q %v", r.StatusCode, r.body, r.Trailer)
	}
}

const handshake = "GET /api/live/socket HTTP/1.1\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: k\r\n"

func TestAWebSocketIsATunnelUntilItsSessionEnds(t *testing.T) {
	d := open(t)
	conn, answers := d.dial(handshake + "Sec-Fetch-Site: same-origin\r\n\r\nearly")
	resp, err := http.ReadResponse(answers, nil)
	if err != nil || resp.StatusCode != 101 || resp.Header.Get("Sec-WebSocket-Accept") != "k" || resp.Header.Get("Connection") != "Upgrade" {
		t.Fatalf("%+v, %v", resp, err)
	}
	echoed := make([]byte, len("helloearlylater"))
	io.WriteString(conn, "later")
	if _, err := io.ReadFull(answers, echoed); err != nil || string(echoed) != "helloearlylater" {
		t.Fatalf("%q, %v", echoed, err)
	}
	d.list.set(map[string]bool{"s1": true}, nil)
	d.cut()
	if n, err := answers.Read(echoed); err == nil {
		t.Errorf("%q came after the end", echoed[:n])
	}
}

func TestAWebSocketIsRefused(t *testing.T) {
	d := open(t)
	for name, c := range map[string]struct {
		header string
		status int
	}{
		"to another site's page":    {handshake + "Origin: http://evil.example\r\n\r\n", 403},
		"to who says no origin":     {handshake + "\r\n", 403},
		"by the upstream":           {strings.Replace(handshake, "Upgrade: websocket", "Upgrade: h2c", 1) + "\r\n", 426},
		"on a route that has none":  {strings.Replace(handshake, "/live/", "/mine/", 1) + "\r\n", 200},
		"for a method that is none": {strings.Replace(handshake, "GET", "POST", 1) + "Sec-Fetch-Site: same-origin\r\nContent-Length: 0\r\n\r\n", 426},
	} {
		_, answers := d.dial(c.header)
		if r := d.answer(answers); r.StatusCode != c.status {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
}

// What is open for long ends when the time of the gateway is over; nobody waits when nothing is open.
func TestWhatIsOpenIsFinishedOrEnded(t *testing.T) {
	d := open(t)
	d.streams.Finish(t.Context())
	_, answers := d.dial(handshake + "Origin: http://localhost:8087\r\n\r\n")
	if resp, err := http.ReadResponse(answers, nil); err != nil || resp.StatusCode != 101 {
		t.Fatalf("%+v, %v", resp, err)
	}
	if _, err := answers.Discard(len("hello")); err != nil {
		t.Fatal(err)
	}
	ctx, over := context.WithCancel(t.Context())
	over()
	d.streams.Finish(ctx)
	if got, err := answers.ReadByte(); err == nil {
		t.Errorf("%q came after the end", got)
	}
}
