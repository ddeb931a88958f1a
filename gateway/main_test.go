package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gatehouse/frontend"
	"gatehouse/gateway/internal/route"
	"gatehouse/internal/env"
	"gatehouse/internal/principal"
	"gatehouse/internal/redistest"
	"gatehouse/internal/revocation"
	"gatehouse/internal/revocation/revocationtest"
	"gatehouse/internal/token"
)

// system is a whole gateway between a real Redis and a service that also publishes the keys.
type system struct {
	t              *testing.T
	redis          *redistest.Server
	list           *revocation.List
	key            ed25519.PrivateKey
	public, health string                 // addresses
	more           map[string]chan string // by the session of a stream
	file           string                 // of the routes
	ticks          chan time.Time         // when the gateway looks at it
}

// sendStream sends a line at once and others as they are put in.
func (s *system) sendStream(w http.ResponseWriter, r *http.Request) {
	for line := "begin"; line != ""; {
		io.WriteString(w, line+"\n")
		http.NewResponseController(w).Flush()
		select {
		case line = <-s.more[r.URL.Query().Get("stream")]:
		case <-r.Context().Done():
			return
		}
	}
}

func start(t *testing.T) *system {
	t.Helper()
	verify, sign, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &system{t: t, key: sign, redis: redistest.Start(t), more: map[string]chan string{"s1": nil, "s2": make(chan string)}}
	revocationtest.Settle(t, s.redis.Client())
	s.list = revocation.New(s.redis.Client(), time.Now)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.well-known/jwks.json" {
			set, _ := token.MarshalJWKS([]ed25519.PublicKey{verify})
			w.Write(set)
			return
		}
		if r.URL.Query().Has("stream") {
			s.sendStream(w, r)
			return
		}
		io.WriteString(w, "served")
	}))
	t.Cleanup(service.Close)
	s.run(service.Listener.Addr().(*net.TCPAddr).Port)
	return s
}

func (s *system) run(port int) {
	s.t.Helper()
	service := &url.URL{Scheme: "http", Host: net.JoinHostPort("service", strconv.Itoa(port))}
	s.file, s.ticks = filepath.Join(s.t.TempDir(), "routes.yaml"), make(chan time.Time)
	table := strings.NewReplacer("auth-service:8081", service.Host, "user-service:8082", service.Host, "120/1m", "2/1m").Replace(string(builtIn))
	if err := os.WriteFile(s.file, []byte(table), 0o600); err != nil {
		s.t.Fatal(err)
	}
	c := &config{
		Listen: "127.0.0.1:0", HealthListen: "127.0.0.1:0", PublicURL: &url.URL{Scheme: "http", Host: "localhost:8087"},
		CookieName: "jwt", AuthServiceURL: service, AuthInternal: service, RedisURL: env.Secret(s.redis.URL()),
		RoutesFiles: []string{s.file},
	}
	s.public, s.health = launch(s.t, slog.New(slog.DiscardHandler), c, s.ticks)
}

// launch runs the gateway until the test ends, and gives its addresses. At each tick it looks at its routes file. Every upstream is on this machine.
func launch(t *testing.T, log *slog.Logger, c *config, ticks <-chan time.Time) (public, health string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	addrs, done := make(chan []net.Addr, 1), make(chan error, 1)
	w := world{
		pages: fstest.MapFS{"index.html": {Data: []byte("sign in")}},
		lookup: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		},
		ticks:   ticks,
		started: func(a []net.Addr) { addrs <- a },
	}
	go func() { done <- run(ctx, log, c, w) }()
	select {
	case a := <-addrs:
		public, health = a[0].String(), a[1].String()
	case err := <-done:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return public, health
}

func (s *system) get(addr, path, cookie string) (int, string) {
	s.t.Helper()
	req, _ := http.NewRequest("GET", "http://"+addr+path, nil)
	req.Header.Set("Cookie", cookie)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// want asks until the status comes, because keys and connections come by themselves.
func (s *system) want(addr, path, cookie string, status int) {
	s.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	got, body := s.get(addr, path, cookie)
	for ; got != status && time.Now().Before(deadline); got, body = s.get(addr, path, cookie) {
		<-time.After(20 * time.Millisecond)
	}
	if got != status {
		s.t.Fatalf("%s: %d %s; want %d", path, got, body, status)
	}
}

func (s *system) cookie(sid string) string {
	s.t.Helper()
	generation, err := s.list.Generation(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	now := time.Now()
	raw, err := token.NewSigner(s.key).Sign(token.NewClaims(
		principal.Principal{Subject: "7", UID: "ada", Role: "User", SessionID: sid, AuthTime: now}, "t-"+sid, generation, now, time.Hour))
	if err != nil {
		s.t.Fatal(err)
	}
	return "jwt=" + raw
}

func TestRedisGoesAndComesBack(t *testing.T) {
	s := start(t)
	cookie := s.cookie("s1")
	s.want(s.health, "/readyz", "", 200)
	s.want(s.public, "/api/id", cookie, 200)
	s.redis.Stop()
	s.want(s.public, "/api/id", cookie, 503)
	s.want(s.public, "/", cookie, 200)
	s.want(s.public, "/.well-known/jwks.json", cookie, 200)
	s.want(s.health, "/readyz", "", 200)
	s.redis.Resume()
	s.want(s.public, "/api/id", cookie, 200)
}

func TestRevokedSessionIsRefusedAtOnce(t *testing.T) {
	s := start(t)
	one, two := s.cookie("s1"), s.cookie("s2")
	s.want(s.public, "/api/id", one, 200)
	if err := s.list.Session(t.Context(), "s1", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if status, body := s.get(s.public, "/api/id", one); status != 401 || !strings.Contains(body, "Invalid Authentication token!") {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := s.get(s.public, "/api/id", two); status != 200 {
		t.Errorf("another session: %d", status)
	}
	if err := s.redis.Client().FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	s.want(s.public, "/api/id", two, 401) // as soon as the lease is over
}

// A stream ends with its session, and no other does.
func TestAnOpenStreamEndsWithItsSession(t *testing.T) {
	s := start(t)
	s.want(s.public, "/api/id", s.cookie("s1"), 200)
	one, two := s.stream("s1"), s.stream("s2")
	if err := s.list.Session(t.Context(), "s1", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(one); err == nil {
		t.Error("the stream came to its end as if nothing had happened")
	}
	s.put("another")
	if line, err := two.ReadString('\n'); err != nil || line != "another\n" {
		t.Errorf("the other stream: %q, %v", line, err)
	}
	s.put("")
	if _, err := io.ReadAll(two); err != nil {
		t.Errorf("the other stream: %v", err)
	}
}

// put has the stream of s2 send another line.
func (s *system) put(line string) {
	s.t.Helper()
	select {
	case s.more["s2"] <- line:
	case <-time.After(5 * time.Second):
		s.t.Fatal("the stream of s2 has ended")
	}
}

// stream opens a call whose answer goes on until an empty line is put in.
func (s *system) stream(sid string) *bufio.Reader {
	s.t.Helper()
	req, _ := http.NewRequest("GET", "http://"+s.public+"/api/user?stream="+sid, nil)
	req.Header.Set("Cookie", s.cookie(sid))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { resp.Body.Close() })
	body := bufio.NewReader(resp.Body)
	if line, err := body.ReadString('\n'); err != nil || line != "begin\n" {
		s.t.Fatalf("%q, %v", line, err)
	}
	return body
}

func TestSignUpIsThrottledAndNeedsRedis(t *testing.T) {
	s := start(t)
	s.want(s.public, "/.well-known/jwks.json", "", 200)
	signUp := func() (int, string) {
		resp, err := http.Post("http://"+s.public+"/api/user", "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	for _, want := range []int{200, 200, 429} {
		if status, after := signUp(); status != want || (status == 429) != (after != "") {
			t.Errorf("%d, Retry-After %q; want %d", status, after, want)
		}
	}
	s.redis.Stop()
	if status, after := signUp(); status != 503 || after == "" {
		t.Errorf("without Redis: %d, Retry-After %q", status, after)
	}
}

func TestNotReadyWithoutKeys(t *testing.T) {
	verify := http.NotFoundHandler()
	service := httptest.NewServer(verify)
	defer service.Close()
	s := &system{t: t, redis: redistest.Start(t)}
	s.run(service.Listener.Addr().(*net.TCPAddr).Port)
	s.want(s.health, "/livez", "", 200)
	s.want(s.health, "/readyz", "", 503)
	s.want(s.public, "/", "", 200)
	s.want(s.public, "/api/id", "jwt=eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6IngifQ.e30.AA", 503)
}

func TestRoutesFileIsFollowed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "routes.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const entry = "routes:\n  - {path: /a, methods: [GET], upstream: 'http://a:1', access: public}\n"
	write(entry)
	source := &routes{files: []string{file}}
	if _, err := source.load(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ticks, tables, done := make(chan time.Time), make(chan *route.Table, 1), make(chan struct{})
	var log strings.Builder
	go func() {
		defer close(done)
		source.follow(ctx, slog.New(slog.NewTextHandler(&log, nil)), ticks, func(t *route.Table) error { tables <- t; return nil })
	}()
	look := func(times int) { // the last tick is taken once the look before is over
		for range times {
			ticks <- time.Time{}
		}
	}
	look(3)
	write(strings.ReplaceAll(entry, "/a", "/b"))
	look(3)
	if table := <-tables; table.At("/b") == nil || table.At("/a") != nil {
		t.Error("the new table is not the one of the file")
	}
	write("routes: nonsense")
	look(5)
	cancel()
	<-done
	if len(tables) != 0 || strings.Count(log.String(), "refused") != 1 {
		t.Errorf("%d tables after a bad file; log: %s", len(tables), log.String())
	}
}

func TestFrontendIsServable(t *testing.T) {
	for _, name := range []string{"index.html", "signup.html", "404.html"} {
		if _, err := fs.Stat(frontend.Files, name); err != nil {
			t.Error(err)
		}
	}
}
