package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// nonsense is what an upstream sends, and what the client gets in its place. The client's own connection stays good.
type nonsense struct {
	name   string
	answer string
	then   after
	status int
}

func TestNonsenseOfAnUpstream(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	long := strings.Repeat("a", 17<<10)
	cases := []nonsense{
		{"nothing", "", closes, 503},
		{"a greeting", "HELLO\r\n\r\n", closes, 502},
		{"no status", "HTTP/1.1\r\n\r\n", closes, 502},
		{"a status in words", "HTTP/1.1 OK\r\n\r\n", closes, 502},
		{"a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", closes, 502},
		{"a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", closes, 502},
		{"a negative status", "HTTP/1.1 -200 OK\r\nContent-Length: 0\r\n\r\n", closes, 502},
		{"the status 999", "HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n", keeps, 502},
		{"the status 600", "HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n", keeps, 502},
		{"another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", closes, 502},
		{"another version", "HTTP/x 200 OK\r\nContent-Length: 0\r\n\r\n", closes, 502},
		{"ICY", "ICY 200 OK\r\nContent-Length: 0\r\n\r\n", closes, 502},
		{"TLS", "\x15\x03\x01\x00\x02\x02\x0a", closes, 502},
		{"half a line", "HTTP/1.1 200", closes, 503},
		{"half a header", "HTTP/1.1 200 OK\r\nContent-Le", closes, 503},
		{"no colon", "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 0\r\n\r\n", closes, 502},
		{"NUL in a value", "HTTP/1.1 200 OK\r\nX-A: a\x00b\r\nContent-Length: 0\r\n\r\n", closes, 502},
		{"CR in a value", "HTTP/1.1 200 OK\r\nX-A: a\rX-Evil: evil\r\nContent-Length: 0\r\n\r\n", closes, 502},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk", closes, 502},
		{"two equal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", closes, 502},
		{"a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", closes, 502},
		{"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok", closes, 502},
		{"a length in words", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok", closes, 502},
		{"an endless length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok", closes, 502},
		{"a coding of nobody", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok", closes, 502},
		{"two codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", closes, 502},
		{"two headers of coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", closes, 502},
		{"a huge header", "HTTP/1.1 200 OK\r\nX-A: " + long + "\r\nContent-Length: 0\r\n\r\n", closes, 502},
		{"an endless header", "HTTP/1.1 200 OK\r\nX-A: a", floods, 502},
		{"an endless line", "HTTP/1.1 200 O", floods, 502},
		{"switching unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: evil\r\nConnection: Upgrade\r\n\r\nevil", keeps, 502},
		{"100 and nothing", "HTTP/1.1 100 Continue\r\n\r\n", closes, 503},
		{"a hundred and nonsense", "HTTP/1.1 100 Continue\r\n\r\nHELLO\r\n\r\n", closes, 502},
		{"1xx before the answer", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", keeps, 200},
		{"no body of 304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000000\r\n\r\n", keeps, 304},
		{"no body of 304, a short one", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", keeps, 304},
		{"no body of 204", "HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n", keeps, 204},
		{"no end of 304", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", keeps, 304},
		{"endless 1xx", strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 1000), keeps, 502},
		{"silence", "HTTP/1.1 200 OK\r\n", keeps, 504},
	}
	for _, c := range cases {
		h.up.set(c.answer, c.then)
		got, err := h.exchange(attack{send: get("/open/a"), answers: fmt.Sprint(c.status, " open")})
		if want := fmt.Sprint(c.status, " open"); got != want || err != nil {
			t.Errorf("%s: %s, %v; want %s", c.name, got, err, want)
		}
	}
	t.Logf("%d cases", len(cases))
}

// An upstream that sends more than its answer gives nothing of it to the next caller.
func TestNobodyGetsTheAnswerOfAnother(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	const more = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
	answers := map[string]string{
		"a second answer":                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + more,
		"a second answer after chunks":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + more,
		"a body of 204":                  "HTTP/1.1 204 No Content\r\nContent-Length: 51\r\n\r\n" + more,
		"a body of 304":                  "HTTP/1.1 304 Not Modified\r\nContent-Length: 51\r\n\r\n" + more,
		"a body of 304 without a length": "HTTP/1.1 304 Not Modified\r\n\r\n" + more,
		"a second answer after a switch": "HTTP/1.1 101 Switching Protocols\r\n\r\n" + more,
		"length and coding":              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + more,
		"coding and length":              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n2\r\nok\r\n0\r\n\r\n" + more,
	}
	for name, answer := range answers {
		for _, method := range []string{"GET", "HEAD"} {
			h.up.set(answer, keeps)
			for range 3 {
				h.ask(method, "/open/a")
			}
			h.up.blurt(more)
			for i := range 3 {
				want := fmt.Sprintf("GET /open/%d/good", i)
				if status, body := h.ask("GET", want[4:]); status != 200 || body != want {
					t.Errorf("%s of a %s: %d %q; want %q", name, method, status, body, want)
				}
			}
		}
	}
	t.Logf("%d cases", 2*len(answers))
}

// ask makes one call on a connection of its own.
func (h *house) ask(method, target string) (int, string) {
	h.t.Helper()
	conn, err := net.Dial("tcp", h.public)
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(conn, request(method, target, "Connection: close"))
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		h.t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// What breaks off at the upstream breaks off at the client: nobody takes half an answer for a whole one.
func TestHalfAnAnswerIsNoAnswer(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	big := strings.Repeat("a", 100<<10)
	answers := map[string]string{
		"a length":      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
		"a long one":    "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + big,
		"chunks":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
		"half a chunk":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf",
		"a broken one":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
		"one cut short": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalfway\r\n0\r\n\r\n",
		"a huge one":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhalf",
		"many chunks":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n%s\r\n", len(big), big),
	}
	for name, answer := range answers {
		h.up.set(answer, closes)
		if body, err := h.whole(get("/open/a")); err == nil {
			t.Errorf("%s: the client took %d bytes for the whole answer", name, len(body))
		}
	}
	t.Logf("%d cases", len(answers))
}

// whole reads one answer to its end, where a refusal of the gateway counts as none.
func (h *house) whole(send string) (string, error) {
	h.t.Helper()
	conn, err := net.Dial("tcp", h.public)
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(conn, send)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(resp.Body)
	if resp.StatusCode >= 500 {
		return "", fmt.Errorf("%s", resp.Status)
	}
	return string(body), err
}

// An answer's header is the gateway's, whatever an upstream puts into it.
func TestHeadersOfAnAnswer(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	lines := []string{
		"Server: evil", "X-Powered-By: evil", "X-AspNet-Version: evil", "X-Request-Id: evil", "x-request-id: evil\r\nX-Request-Id: evil", "Content-Security-Policy: evil", "X-Content-Type-Options: evil",
		"Connection: X-A\r\nX-A: evil", "Keep-Alive: evil", "Proxy-Authenticate: evil", "Upgrade: evil", "Trailer: evil", "Te: evil",
		"Connection: X-Request-Id, Content-Security-Policy, X-Content-Type-Options", "Access-Control-Allow-Origin: http://evil", "Strict-Transport-Security: evil",
		fmt.Sprintf("Location: http://inside:%d/a", h.up.port), fmt.Sprintf("Location: http://inside:%d", h.up.port),
		fmt.Sprintf("Location: http://inside:%d//a", h.up.port), fmt.Sprintf("Content-Location: http://inside:%d?a", h.up.port),
	}
	for _, line := range lines {
		h.up.set("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"+line+"\r\n\r\nok", keeps)
		if got, err := h.exchange(attack{send: get("/open/a", "Origin: http://evil"), answers: served}); got != served || err != nil {
			t.Errorf("%s: %s, %v", line, got, err)
		}
	}
	t.Logf("%d cases", len(lines))
}

// The bytes of an answer's head, whatever words the upstream has for its status and wherever it leads.
func TestAnswersAreWrittenAnew(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	inside := fmt.Sprintf("http://inside:%d", h.up.port)
	for answer, want := range map[string]string{
		"200 Evil":                                         "HTTP/1.1 200 OK\r\n",
		"200 OK\rX-Evil: evil":                             "HTTP/1.1 200 OK\r\n",
		"200 \x00\x1b[31m":                                 "HTTP/1.1 200 OK\r\n",
		"200 OK\r\nX-A: a\nX-B: b":                         "\r\nX-B: b\r\n",
		"200 OK\r\nX-A: a\r\n b":                           "\r\nX-A: a b\r\n",
		"302 Found\r\nLocation: /a":                        "\r\nLocation: /a\r\n",
		"302 Found\r\nLocation: " + inside:                 "\r\nLocation: /\r\n",
		"302 Found\r\nLocation: " + inside + "/a?b#c":      "\r\nLocation: /a?b#c\r\n",
		"302 Found\r\nLocation: " + inside + "//else":      "\r\nLocation: /else\r\n",
		"302 Found\r\nLocation: " + inside + "1/a":         "\r\nLocation: " + inside + "1/a\r\n",
		"302 Found\r\nLocation: https://elsewhere.example": "\r\nLocation: https://elsewhere.example\r\n",
	} {
		h.up.set("HTTP/1.1 "+answer+"\r\nContent-Length: 2\r\n\r\nok", keeps)
		conn, err := net.Dial("tcp", h.public)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, get("/open/a", "Connection: close"))
		all, err := io.ReadAll(conn)
		if head, _, _ := strings.Cut(string(all), "\r\n\r\n"); err != nil || !strings.Contains(head+"\r\n", want) {
			t.Errorf("%q: %q, %v; want %q", answer, head, err, want)
		}
		if rest := strings.ReplaceAll(string(all), "\r\n", ""); strings.ContainsAny(rest, "\r\n\x00\x1b") {
			t.Errorf("%q: %q", answer, all)
		}
		conn.Close()
	}
}
