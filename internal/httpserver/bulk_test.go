package httpserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
)

// taker answers the type and the size of a body, and what the request has left of it.
func taker(app *fiber.App) {
	take := func(c *fiber.Ctx) error {
		body, kind, err := httpserver.TakeBody(c, fiber.MIMEApplicationJSON, "text/csv")
		if err != nil {
			return err
		}
		return c.JSON(fiber.Map{"kind": kind, "size": len(body), "left": len(c.BodyRaw())})
	}
	app.Post("/bulk", take)
	app.Put("/bulk", take)
	app.Post("/other", take)
}

const bulkLimit = 3 << 20

func bulkServer(t *testing.T) served {
	return serve(t, httpserver.Options{Bulk: &httpserver.Bulk{
		Method: "POST", Path: "/bulk", Limit: bulkLimit, May: func(bearer string) bool { return bearer == "good" },
	}}, taker)
}

func TestOneCallTakesMore(t *testing.T) {
	s := bulkServer(t)
	const good, csv = "Authorization: bearer good", "Content-Type: text/csv"
	for _, path := range []string{"/bulk", "/bulk?x=1"} {
		got := s.ask(t, "POST", path, strings.Repeat("x", bulkLimit), good, csv)
		if got.status != 200 || !strings.Contains(got.body, `"left":0`) {
			t.Errorf("%s: %d %.100s", path, got.status, got.body)
		}
	}
	if got := s.ask(t, "POST", "/bulk", "x", csv); got.status != 200 {
		t.Errorf("a little, by anybody: %d %s", got.status, got.body)
	}
	for name, header := range map[string]string{
		"more than may be":         announced("POST", "/bulk", good, bulkLimit+1),
		"much, by anybody":         announced("POST", "/bulk", csv, httpserver.BodyLimit+1),
		"much, with another token": announced("POST", "/bulk", "Authorization: Bearer bad", httpserver.BodyLimit+1),
		"another method":           announced("PUT", "/bulk", good, httpserver.BodyLimit+1),
		"another path":             announced("POST", "/other", good, httpserver.BodyLimit+1),
	} {
		if got := s.send(t, "POST", header); got.status != 413 {
			t.Errorf("%s: %d %.100s", name, got.status, got.body)
		}
	}
}

// announced is a request without the body that it speaks of: a client that still sends when the connection is closed may
// not see the answer.
func announced(method, path, header string, size int) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Length: %d\r\n\r\n", method, path, header, size)
}

func TestTakeBody(t *testing.T) {
	s := bulkServer(t)
	for name, c := range map[string]struct {
		body    string
		headers []string
		status  int
		want    string
	}{
		"JSON":            {`[{"a":1}]`, []string{asJSON}, 200, `{"kind":"application/json","left":0,"size":9}`},
		"CSV":             {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", []string{"Content-Type: Text/CSV; header=present"}, 200, `"kind":"text/csv"`},
		"nothing":         {"", nil, 200, `{"kind":"application/json","left":0,"size":0}`},
		"a form":          {"a=b", []string{"Content-Type: application/x-www-form-urlencoded"}, 415, "must be application/json or text/csv."},
		"no type":         {"a", nil, 415, "must be application/json or text/csv."},
		"compressed":      {gzipped(t, "a"), []string{"Content-Type: text/csv", "Content-Encoding: gzip"}, 415, "must be"},
		"no UTF-8":        {"a,\xe9", []string{"Content-Type: text/csv"}, 400, "not valid UTF-8"},
		"nested too deep": {strings.Repeat("[", 33) + strings.Repeat("]", 33), []string{asJSON}, 400, "nested too deep"},
	} {
		got := s.ask(t, "POST", "/bulk", c.body, c.headers...)
		if got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s: %d %s; want %d and %s", name, got.status, got.body, c.status, c.want)
		}
	}
}
