package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// recorder is an upstream that reads raw bytes, holds them against RFC 9112 without any tolerance, and answers in bytes.
type recorder struct {
	port   int
	mu     sync.Mutex
	heard  []heard
	answer string // of every request; empty for a good one
	after  after
	open   map[net.Conn]bool
}

// after is what the recorder does with a connection once it has answered.
type after int

const (
	keeps  after = iota
	closes       // at once
	floods       // sends the answer's last byte until nobody listens any more
)

// heard is a request that reached the upstream.
type heard struct {
	line    string   // GET /open/x
	headers []string // whole lines, as they came
	body    string
	broken  error // in what way the bytes were no request
}

func newRecorder(t *testing.T) *recorder {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	r := &recorder{port: ln.Addr().(*net.TCPAddr).Port, open: make(map[net.Conn]bool)}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go r.serve(conn)
		}
	}()
	return r
}

// set makes the answer, and forgets what was heard.
func (r *recorder) set(answer string, then after) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer, r.after, r.heard = answer, then, nil
}

// take is what was heard since the last time.
func (r *recorder) take() []heard {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.heard
	r.heard = nil
	return got
}

// blurt sends what nobody has asked for on all connections that are open.
func (r *recorder) blurt(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for conn := range r.open {
		io.WriteString(conn, text)
	}
}

func (r *recorder) keep(conn net.Conn, open bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open[conn] = true; !open {
		delete(r.open, conn)
		conn.Close()
	}
}

func (r *recorder) serve(conn net.Conn) {
	r.keep(conn, true)
	defer r.keep(conn, false)
	in := bufio.NewReader(conn)
	for {
		if _, err := in.Peek(1); err != nil {
			return
		}
		h := readStrictly(in)
		answer, then := r.note(h)
		io.WriteString(conn, answer)
		for then == floods {
			if _, err := io.WriteString(conn, strings.Repeat(answer[len(answer)-1:], 4096)); err != nil {
				return
			}
		}
		if then == closes || h.broken != nil {
			return
		}
	}
}

// note keeps the request and gives its answer: the one that was set, but for the paths that end in /good.
func (r *recorder) note(h heard) (string, after) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = append(r.heard, h)
	if r.answer == "" && r.after == keeps || strings.HasSuffix(h.line, "/good") {
		return "HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(h.line)) + "\r\n\r\n" + h.line, keeps
	}
	return r.answer, r.after
}

var (
	requestLine = regexp.MustCompile(`^([A-Z]+ /[!-~]*) HTTP/1\.1$`)
	headerLine  = regexp.MustCompile(`^[A-Za-z0-9-]+:( [^\x00-\x08\x0a-\x1f\x7f]*)?$`)
)

// readStrictly reads one request of which there must be one reading alone.
func readStrictly(in *bufio.Reader) (h heard) {
	var head []byte
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		b, err := in.ReadByte()
		if err != nil {
			h.broken = fmt.Errorf("%w after %q", err, head)
			return h
		}
		head = append(head, b)
	}
	lines := strings.Split(strings.TrimSuffix(string(head), "\r\n\r\n"), "\r\n")
	first := requestLine.FindStringSubmatch(lines[0])
	if first == nil {
		h.broken = fmt.Errorf("the request line %q", lines[0])
		return h
	}
	h.line, h.headers = first[1], lines[1:]
	for _, line := range h.headers {
		if !headerLine.MatchString(line) {
			h.broken = fmt.Errorf("the header line %q", line)
			return h
		}
	}
	if h.body, h.broken = h.readBody(in); h.broken == nil && in.Buffered() > 0 {
		more, _ := in.Peek(in.Buffered())
		h.broken = fmt.Errorf("%q follows the request", more)
	}
	return h
}

// values are those of the header, whose name is compared without case.
func (h heard) values(name string) []string {
	var found []string
	for _, line := range h.headers {
		if n, value, _ := strings.Cut(line, ":"); strings.EqualFold(n, name) {
			found = append(found, strings.TrimPrefix(value, " "))
		}
	}
	return found
}

func (h heard) readBody(in *bufio.Reader) (string, error) {
	lengths, codings := h.values("Content-Length"), h.values("Transfer-Encoding")
	switch {
	case len(h.values("Host")) != 1 || len(lengths)+len(codings) > 1:
		return "", fmt.Errorf("headers that exclude each other: %q", h.headers)
	case len(codings) == 1 && codings[0] != "chunked":
		return "", fmt.Errorf("the transfer coding %q", codings[0])
	case len(codings) == 1:
		return readChunks(in)
	case len(lengths) == 0:
		return "", nil
	}
	n, err := strconv.Atoi(lengths[0])
	if err != nil || strconv.Itoa(n) != lengths[0] || n < 0 {
		return "", fmt.Errorf("the length %q", lengths[0])
	}
	body := make([]byte, n)
	_, err = io.ReadFull(in, body)
	return string(body), err
}

// readChunks takes no extensions and no trailers: the gateway has none to send.
func readChunks(in *bufio.Reader) (string, error) {
	var body []byte
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return string(body), err
		}
		n, err := strconv.ParseUint(strings.TrimSuffix(line, "\r\n"), 16, 31)
		if err != nil {
			return string(body), fmt.Errorf("the chunk %q", line)
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(in, chunk); err != nil || string(chunk[n:]) != "\r\n" {
			return string(body), fmt.Errorf("the end of a chunk %q, %w", chunk[n:], err)
		}
		if body = append(body, chunk[:n]...); n == 0 {
			return string(body), nil
		}
	}
}

// ours are the headers that the gateway writes itself, whatever a client sends.
var ours = []string{
	"host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "x-request-id", "content-length",
	"transfer-encoding", "traceparent", "tracestate",
}

// text is the request without what the gateway says about it: the line, the headers of the client, and the body after
// an empty line.
func (h heard) text() string {
	lines := []string{h.line}
	for _, line := range h.headers {
		if name, _, _ := strings.Cut(line, ":"); !slices.Contains(ours, strings.ToLower(name)) {
			lines = append(lines, line)
		}
	}
	if h.body != "" {
		lines = append(lines, "", h.body)
	}
	return strings.Join(lines, "\n")
}
