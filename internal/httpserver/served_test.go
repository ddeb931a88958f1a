package httpserver_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
)

// journal keeps the log lines of a server.
type journal struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.out.Write(p)
}

func (j *journal) logger() *slog.Logger { return httpserver.NewLog(j, slog.LevelInfo, "test") }

// requests are the lines of requests, in their order.
func (j *journal) requests(t *testing.T) []map[string]any {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	var lines []map[string]any
	for text := range strings.Lines(j.out.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if line["msg"] == "request" {
			lines = append(lines, line)
		}
	}
	return lines
}

// served is an app that serves on a port of its own until the test ends.
type served struct {
	addr    string
	journal *journal
}

func serve(t *testing.T, o httpserver.Options, routes func(*fiber.App)) served {
	t.Helper()
	s := served{journal: new(journal)}
	o.Service, o.Log = "test", s.journal.logger()
	app := httpserver.New(o)
	routes(app)
	s.addr = run(t, s.journal.logger(), httpserver.Server{App: app, Addr: "127.0.0.1:0"})
	return s
}

func ready(context.Context) error { return nil }

// run serves until the test ends and gives the address of the one server.
func run(t *testing.T, log *slog.Logger, server httpserver.Server) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	opened, done := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		service := httpserver.Service{
			Log: log, Health: "127.0.0.1:0", Ready: ready, Started: func(addrs []net.Addr) { opened <- addrs[0] },
		}
		done <- service.Run(ctx, server)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	select {
	case addr := <-opened:
		return addr.String()
	case err := <-done:
		done <- nil
		t.Fatal(err)
		return ""
	}
}

type answer struct {
	status int
	header http.Header
	body   string
}

// send sends the bytes as they are and reads the answer to a request of the method.
func (s served) send(t *testing.T, method, raw string) answer {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go io.WriteString(conn, raw) // beside the reading: a server that refuses early does not read all of it
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// ask sends a request with header lines, such as "Content-Type: application/json".
func (s served) ask(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	var raw strings.Builder
	raw.WriteString(method + " " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n")
	for _, h := range headers {
		raw.WriteString(h + "\r\n")
	}
	if body != "" {
		raw.WriteString("Content-Length: " + itoa(len(body)) + "\r\n")
	}
	raw.WriteString("\r\n" + body)
	return s.send(t, method, raw.String())
}
