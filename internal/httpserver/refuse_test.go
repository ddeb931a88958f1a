package httpserver_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
)

var itoa = strconv.Itoa

// troubled is an app in which everything goes wrong that can.
func troubled(app *fiber.App) {
	app.Get("/ok", func(c *fiber.Ctx) error {
		httpserver.Note(c, "action", "greet")
		return c.SendString("ok")
	})
	app.Post("/ok", func(c *fiber.Ctx) error { return httpserver.ReadJSON(c, new(struct{})) })
	app.Get("/panic", func(*fiber.Ctx) error { panic("hunter2 is broken") })
	app.Get("/index", func(c *fiber.Ctx) error { return c.SendString(strings.Split("hunter2", ",")[len(c.Path())]) })
	app.Get("/error", func(*fiber.Ctx) error { return errors.New("hunter2 at 10.0.0.7") })
	app.Get("/down", func(*fiber.Ctx) error { return fault.Down("redis", errors.New("hunter2 at 10.0.0.7")) })
	app.Get("/wrapped", func(*fiber.Ctx) error {
		return fmt.Errorf("hunter2: %w", &fault.Fault{Kind: fault.Conflict, Message: "Taken.", Reason: "taken"})
	})
	app.Get("/throttled", func(*fiber.Ctx) error {
		return &fault.Fault{Kind: fault.TooManyRequests, Message: "Too many.", RetryAfter: 90500 * time.Millisecond}
	})
	app.Get("/fiber", func(*fiber.Ctx) error { return fiber.NewError(fiber.StatusTeapot, "hunter2") })
	app.Get("/unprocessable", func(*fiber.Ctx) error { return fiber.ErrUnprocessableEntity })
	app.Get("/half", func(c *fiber.Ctx) error {
		c.Status(fiber.StatusOK).SendString("half an answer")
		return fault.New(fault.Forbidden, "No.")
	})
}

func TestEveryRefusalIsAnEnvelope(t *testing.T) {
	s := serve(t, httpserver.Options{BodyLimit: 1000}, troubled)
	get := func(path string, headers ...string) answer { return s.ask(t, "GET", path, "", headers...) }
	for name, c := range map[string]struct {
		got             answer
		status          int
		message, reason string
		header          map[string]string
	}{
		"a panic":                {got: get("/panic"), status: 500, message: "Something went wrong!", reason: "Internal Server Error"},
		"a panic of the runtime": {got: get("/index"), status: 500, message: "Something went wrong!", reason: "Internal Server Error"},
		"an unknown error":       {got: get("/error"), status: 500, message: "Something went wrong!", reason: "Internal Server Error"},
		"an odd error of Fiber":  {got: get("/fiber"), status: 500, message: "Something went wrong!", reason: "Internal Server Error"},
		"one without our kind":   {got: get("/unprocessable"), status: 500, message: "Something went wrong!", reason: "Internal Server Error"},
		"a fault in a chain":     {got: get("/wrapped"), status: 409, message: "Taken.", reason: "taken"},
		"after half an answer":   {got: get("/half"), status: 403, message: "No.", reason: "Forbidden"},
		"a dependency down": {
			got: get("/down"), status: 503, reason: "Service Unavailable", header: map[string]string{"Retry-After": "2"},
			message: "The service is not available at the moment. Please try again shortly.",
		},
		"too many": {
			got: get("/throttled"), status: 429, message: "Too many.", reason: "Too Many Requests",
			header: map[string]string{"Retry-After": "91"},
		},
		"no such path": {got: get("/nothing"), status: 404, message: "There is nothing at this address.", reason: "Not Found"},
		"another case": {got: get("/OK"), status: 404, message: "There is nothing at this address.", reason: "Not Found"},
		"a slash more": {got: get("/ok/"), status: 404, message: "There is nothing at this address.", reason: "Not Found"},
		"a method of no route": {
			got: s.ask(t, "DELETE", "/ok", ""), status: 405, message: "This method is not allowed here.",
			reason: "Method Not Allowed", header: map[string]string{"Allow": "GET, HEAD, POST"},
		},
		"a method of nobody": {
			got: s.ask(t, "BREW", "/ok", ""), status: 405, message: "This method is not allowed here.",
			reason: "Method Not Allowed", header: map[string]string{"Allow": "GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH"},
		},
		"a large body": {
			got: s.ask(t, "POST", "/ok", strings.Repeat("x", 1001)), status: 413, message: "The request is too large.",
			reason: "Request Entity Too Large",
		},
		"large headers": {
			got: get("/ok", "X-Large: "+strings.Repeat("x", httpserver.HeaderLimit)), status: 431,
			message: "The request headers are too large.", reason: "Request Header Fields Too Large",
		},
		"a broken header": {
			got: s.send(t, "GET", "GET /ok HTTP/1.1\r\nHost: test\r\nno colon\r\n\r\n"), status: 400,
			message: "The request could not be understood.", reason: "Bad Request",
		},
		"two lengths": {
			got: s.send(t, "POST", "POST /ok HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"), status: 400,
			message: "The request could not be understood.", reason: "Bad Request",
		},
	} {
		checkEnvelope(t, name, c.got, c.status, c.message, c.reason)
		for header, want := range c.header {
			if got := c.got.header.Get(header); got != want {
				t.Errorf("%s: %s is %q; want %q", name, header, got, want)
			}
		}
		if _, asked := c.header["Retry-After"]; !asked && c.got.header.Get("Retry-After") != "" {
			t.Errorf("%s: a Retry-After that nobody asked for", name)
		}
	}
}

func checkEnvelope(t *testing.T, name string, got answer, status int, message, reason string) {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(got.body), &members); err != nil {
		t.Errorf("%s: %d %q is no JSON: %v", name, got.status, got.body, err)
		return
	}
	data, has := members["data"]
	if got.status != status || members["message"] != message || members["error"] != reason || !has || data != nil || len(members) != 4 {
		t.Errorf("%s: %d %s; want %d %q %q and nothing else", name, got.status, got.body, status, message, reason)
	}
	if id := got.header.Get("X-Request-Id"); id == "" || members["request_id"] != id {
		t.Errorf("%s: request id %q in the header, %v in the body", name, id, members["request_id"])
	}
	if got.header.Get("Content-Type") != "application/json" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: headers %v", name, got.header)
	}
	if strings.Contains(got.body, "hunter2") || got.header.Get("Server") != "" {
		t.Errorf("%s: it tells too much: %v %s", name, got.header, got.body)
	}
}

func TestLogLineHasWhatTheAnswerHides(t *testing.T) {
	for path, want := range map[string][]string{
		"/panic": {"hunter2 is broken", "refuse_test.go", "troubled"}, // the stack leads to the handler
		"/error": {"hunter2 at 10.0.0.7"},
		"/down":  {"redis: hunter2 at 10.0.0.7"},
	} {
		s := serve(t, httpserver.Options{}, troubled)
		got := s.ask(t, "GET", path+"?token=do-not-log", "")
		lines := s.journal.requests(t)
		if len(lines) != 1 {
			t.Errorf("%s: %d log lines; want 1", path, len(lines))
			continue
		}
		line := lines[0]
		if line["request_id"] != got.header.Get("X-Request-Id") || line["level"] != "ERROR" || line["status"] != float64(got.status) || line["path"] != path {
			t.Errorf("%s: the log line is %v", path, line)
		}
		for _, text := range want {
			if cause, _ := line["error"].(string); !strings.Contains(cause, text) {
				t.Errorf("%s: %q is not in the cause %q", path, text, cause)
			}
		}
	}
}

func TestLogLineOfEachRequest(t *testing.T) {
	s := serve(t, httpserver.Options{}, troubled)
	s.ask(t, "GET", "/ok", "")
	s.ask(t, "GET", "/nothing", "")
	s.ask(t, "DELETE", "/ok", "")
	want := []map[string]any{
		{"method": "GET", "path": "/ok", "status": 200.0, "level": "INFO", "action": "greet", "client": "127.0.0.1"},
		{"method": "GET", "path": "/nothing", "status": 404.0, "level": "INFO", "refused": "There is nothing at this address.", "error": "Cannot GET /nothing"},
		{"method": "DELETE", "path": "/ok", "status": 405.0, "level": "INFO"},
	}
	lines := s.journal.requests(t)
	if len(lines) != len(want) {
		t.Fatalf("%d lines; want %d", len(lines), len(want))
	}
	for i, fields := range want {
		for field, value := range fields {
			if lines[i][field] != value {
				t.Errorf("line %d: %s is %v; want %v", i, field, lines[i][field], value)
			}
		}
	}
}

func TestRequestID(t *testing.T) {
	for _, c := range []struct {
		keep bool
		sent string
		kept bool
	}{
		{true, "ABCabc0123456789", true},
		{true, strings.Repeat("a", 64), true},
		{true, strings.Repeat("a", 65), false},
		{true, "", false},
		{true, "two words", false},
		{true, `{"a":1}`, false},
		{true, "é", false},
		{false, "ABCabc0123456789", false},
	} {
		s := serve(t, httpserver.Options{FromGateway: c.keep}, troubled)
		got := s.ask(t, "GET", "/ok", "", "X-Request-Id: "+c.sent).header.Get("X-Request-Id")
		if got == "" || (got == c.sent) != c.kept {
			t.Errorf("FromGateway %v: sent %q, got %q", c.keep, c.sent, got)
		}
		if logged := s.journal.requests(t)[0]["request_id"]; logged != got {
			t.Errorf("logged as %v, answered as %q", logged, got)
		}
	}
}
