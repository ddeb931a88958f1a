package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"gatehouse/internal/fault"
	"gatehouse/user-service/internal/user"
)

func lines(r request) request {
	kind := r.header["Content-Type"]
	r = r.with("Accept", "application/x-ndjson, application/json")
	if kind != "" {
		r.header["Content-Type"] = kind
	}
	return r
}

// people is a table of so many rows with hashes.
func people(n int) string {
	var text strings.Builder
	text.WriteString("name,uid,password_hash\n")
	for i := range n {
		fmt.Fprintf(&text, "Person %d,person%d,%s\n", i, i, fromPBKDF2)
	}
	return text.String()
}

func importLines(t *testing.T) {
	w := fresh(t)
	got := w.send(w.public, lines(table(people(1200)+"x,toby,"+fromPBKDF2+"\nAl,al,\n")))
	want := `{"done":500,"total":1202}` + "\n" + `{"done":1000,"total":1202}` + "\n" + `{"done":1202,"total":1202}` + "\n" +
		`{"errors":[{"index":1200,"uid":"toby","message":"Name is missing, or is less than 2 characters"}],` +
		`"invitations":[{"uid":"al","link":"https://gatehouse.example/reset#token=`
	if got.status != 200 || got.header.Get("Content-Type") != ndjson || !strings.HasPrefix(got.body, want) ||
		!strings.HasSuffix(got.body, `"}],"created":1201}`+"\n") {
		t.Errorf("got %d %v\n%s", got.status, got.header, got.body)
	}
	if n := len(w.everybody()); n != 1000 { // of 1205, a page
		t.Errorf("%d", n)
	}
	w.signsIn(t, "person1199", "123Toby!", 200)
	got = w.send(w.public, lines(dry(table(people(500)))))
	if !strings.HasPrefix(got.body, `{"done":500,"total":500}`+"\n"+`{"errors":[{"index":0,`) || !strings.HasSuffix(got.body, `"created":0}`+"\n") {
		t.Errorf("dry: %.200s", got.body)
	}
	w.play(t, w.public, []scenario{
		{"no Admin", lines(table(people(1))).by("toby"), 403, []string{forbiddenMessage}, nil},
		{"nobody", lines(table("name,uid\n")), 400, []string{"Please provide user details"}, nil},
		{"no CSV", lines(table("name,uid\n\"")), 400, []string{"cannot be read"}, nil},
		{"the last choice", bulk(`[{"name":"Al","uid":"al"}]`).with("Accept", "application/json, application/x-ndjson;q=0.1"), 200,
			[]string{`{"errors":[{"index":0,"uid":"al"`}, []string{"done"}},
	})
}

// failing is a store that makes so many batches and no more. It is set anew under a lock: fasthttp sends a large answer with
// writev, in which the race detector sees no order between the handler and what a test does after the answer.
type failing struct {
	user.Store
	before func(left int) // may be nil

	mu   sync.Mutex
	left int
	err  error
}

func (f *failing) breaks(after int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left, f.err = after, err
}

func (f *failing) next() (left int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left--
	return f.left, f.err
}

func (f *failing) CreateMany(ctx context.Context, by user.Actor, batch []user.Newcomer) (map[string]bool, error) {
	left, err := f.next()
	if f.before != nil {
		f.before(left)
	}
	if left < 0 {
		return nil, err
	}
	return f.Store.CreateMany(ctx, by, batch)
}

// importStops: what was made before an outage is made, and each row behind it says why it is not.
func importStops(t *testing.T) {
	w := fresh(t)
	store := &failing{Store: w.db}
	w.api.Users.Store = store
	breaks := store.breaks
	const later = "The service is not available at the moment. Please try again shortly."
	down := fault.Down("postgres", errors.New("pq: gone"))
	breaks(0, down)
	if got := w.send(w.public, table(people(1100))); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("nothing was made: %d %.200s", got.status, got.body)
	}
	breaks(0, errors.New("pq: odd"))
	if got := w.send(w.public, table(people(1100))); got.status != 500 || strings.Contains(got.body, "odd") {
		t.Errorf("nothing was made: %d %.200s", got.status, got.body)
	}
	breaks(0, down)
	got := w.send(w.public, lines(table(people(1100))))
	if strings.Count(got.body, later) != 1100 || !strings.HasSuffix(got.body, `"created":0}`+"\n") {
		t.Errorf("nothing was made, in lines: %d %.300s", got.status, got.body)
	}
	breaks(1, down)
	got = w.send(w.public, table(people(1100)))
	if got.status != 200 || strings.Count(got.body, later) != 600 || !strings.Contains(got.body, `{"errors":[{"index":500,"uid":"person500"`) {
		t.Errorf("some were made: %d %.300s", got.status, got.body)
	}
	breaks(0, fault.New(fault.Invalid, "The request has characters that cannot be kept."))
	w.play(t, w.public, []scenario{{"a batch that is refused is no outage", table("name,uid\nAl,al\n"), 200, []string{"cannot be kept"}, nil}})
}

// importLog hands on the line that a log would have of an import.
type importLog chan string

func (l importLog) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "msg=import ") {
		l <- string(line)
	}
	return len(line), nil
}

// callerGone: an import that nobody listens to any more ends at the next batch, and harms no other request.
func callerGone(t *testing.T) {
	w := fresh(t)
	w.play(t, w.public, []scenario{{"warm", dry(table(people(1))), 200, nil, nil}})
	log, gone := make(importLog, 1), make(chan struct{})
	w.api.Users.Log = slog.New(slog.NewTextHandler(log, nil))
	store := &failing{Store: w.db, left: 40, before: func(left int) {
		if left == 38 { // the second batch
			<-gone
		}
	}}
	w.api.Users.Store = store

	conn, err := net.Dial("tcp", strings.TrimPrefix(w.public, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	body := people(20000)
	fmt.Fprintf(conn, "POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nAccept: %s\r\nAuthorization: Bearer %s\r\n"+
		"Content-Length: %d\r\n\r\n%s", ndjson, w.token(w.id("ada"), 0), len(body), body)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%+v, %v", resp, err)
	}
	first, err := bufio.NewReader(resp.Body).ReadString('\n')
	if err != nil || first != `{"done":500,"total":20000}`+"\n" {
		t.Errorf("%q, %v", first, err)
	}
	conn.Close()
	close(gone)
	if text := <-log; !strings.Contains(text, "rows=20000") || strings.Contains(text, "created=20000") {
		t.Errorf("it ended with %s", text)
	}
}

// largeBodies: an Admin may send 32 MiB in an import, and nobody else more than 1 MiB to anything.
func largeBodies(t *testing.T) {
	w := fresh(t)
	large := "[" + strings.Repeat(" ", 3<<20) + `{"name":"Al","uid":"al"}]`
	w.play(t, w.public, []scenario{
		{"an Admin's import", dry(bulk(large)), 200, []string{`"created":1`}, nil},
		{"again on the same connection", dry(bulk(large)), 200, []string{`"created":1`}, nil},
	})
	for name, header := range map[string]string{
		"a stranger":     "POST /api/users HTTP/1.1\r\nContent-Length: 1048577",
		"a bad token":    "POST /api/users HTTP/1.1\r\nAuthorization: Bearer x.y.z\r\nContent-Length: 1048577",
		"another path":   "POST /api/users/ HTTP/1.1\r\nAuthorization: Bearer ADMIN\r\nContent-Length: 1048577",
		"another method": "PUT /api/users HTTP/1.1\r\nAuthorization: Bearer ADMIN\r\nContent-Length: 1048577",
		"too much":       "POST /api/users?dry_run=true HTTP/1.1\r\nAuthorization: Bearer ADMIN\r\nContent-Length: 33554433",
	} {
		header = strings.Replace(header, "ADMIN", w.token(w.id("ada"), 0), 1)
		if got := w.announce(header); got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

// announce sends a header and nothing behind it.
func (w *world) announce(header string) answer {
	w.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.public, "http://"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s\r\nHost: x\r\nContent-Type: application/json\r\n\r\n", header)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}
