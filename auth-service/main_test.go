package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/env"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/redistest"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

const serviceSecret = "the-service-secret-of-this-test"

// asMain makes the test's binary the program itself, for tests of exit codes.
const asMain = "BE_AUTH_SERVICE=1"

func TestMain(m *testing.M) {
	var be struct {
		AuthService bool `env:"BE_AUTH_SERVICE"`
	}
	if err := env.Load(&be); err == nil && be.AuthService {
		main()
	}
	os.Exit(m.Run())
}

func signingKey(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := token.NewKeyRing(token.SigningKey{Key: key}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return string(block)
}

// alice is user-service: it knows alice, for whoever has the service secret, and keeps an audit.
type alice struct {
	*httptest.Server
	mu     sync.Mutex
	events []string // the actions
}

func newAlice(t *testing.T) *alice {
	t.Helper()
	a := new(alice)
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var c userapi.Credential
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == userapi.EventsPath && r.Header.Get("Authorization") == "Bearer "+serviceSecret {
			a.keep(body)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		known := r.URL.Path == userapi.UsersPath+"7" || json.Unmarshal(body, &c) == nil && c.UID == "alice" && c.Password == "right"
		if r.Header.Get("Authorization") != "Bearer "+serviceSecret || !known {
			w.WriteHeader(http.StatusUnauthorized)
			io.WriteString(w, `{"message":"Invalid user id or password","data":null,"error":"","request_id":""}`)
			return
		}
		io.WriteString(w, `{"id":"7","uid":"alice","role":"User","epoch":1}`)
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *alice) keep(body []byte) {
	var events []userapi.Event
	err := json.Unmarshal(body, &events)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range events {
		a.events = append(a.events, e.Action)
	}
	if err != nil {
		a.events = append(a.events, err.Error())
	}
}

func (a *alice) kept() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.events)
}

// environment is a good one, for ports that are free.
func environment(t *testing.T, redisURL, userServiceURL string) []string {
	t.Helper()
	return []string{
		"LISTEN=127.0.0.1:0", "INTERNAL_LISTEN=127.0.0.1:0", "HEALTH_LISTEN=127.0.0.1:0", "DRAIN=0s", "REDIS_URL=" + redisURL, "USER_SERVICE_URL=" + userServiceURL,
		"SIGNING_KEY=" + signingKey(t), "REFRESH_KEY=" + strings.Repeat("k", 32), "SERVICE_SECRET=" + serviceSecret,
	}
}

func load(t *testing.T, environ []string) *config {
	t.Helper()
	c := new(config)
	if err := env.LoadFrom(c, environ); err != nil {
		t.Fatal(err)
	}
	return c
}

func status(t *testing.T, client *http.Client, method, address, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// start runs the program and gives the URL of the service and the address of its health. It ends with stop or with the
// test.
func start(t *testing.T, c *config, w world) (service, health string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	started, done := make(chan []net.Addr, 1), make(chan error, 1)
	w.started = func(addrs []net.Addr) { started <- addrs }
	go func() { done <- run(ctx, slog.New(slog.DiscardHandler), c, w) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("it ended with %v", err)
		}
	})
	select {
	case addrs := <-started:
		t.Cleanup(stop)
		return "http://" + addrs[0].String(), addrs[2].String(), stop
	case err := <-done:
		cancel()
		t.Fatal(err)
		return "", "", nil
	}
}

// The whole program, from its start through a sign-in, a refresh and a sign-out over TCP to its end.
func TestTheProgram(t *testing.T) {
	redis := redistest.Start(t)
	alice := newAlice(t)
	c := load(t, environment(t, redis.URL(), alice.URL))
	ctx, stop := context.WithCancel(t.Context())
	started, done := make(chan []net.Addr, 1), make(chan error, 1)
	go func() {
		done <- run(ctx, slog.New(slog.DiscardHandler), c, world{now: time.Now, started: func(addrs []net.Addr) { started <- addrs }})
	}()
	var addrs []net.Addr
	select {
	case addrs = <-started:
	case err := <-done:
		t.Fatal(err)
	}
	service, internal, health := "http://"+addrs[0].String(), "http://"+addrs[1].String(), addrs[2].String()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	for _, step := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"POST", "/api/authenticate", `{"uid":"alice","password":"wrong"}`, 401, `{"message":"Invalid user id or password",`},
		{"POST", "/api/authenticate/refresh", "", 401, `{"message":"Authentication Token is missing!",`},
		{"POST", "/api/authenticate", `{"uid":"alice","password":"right"}`, 200, "Authentication for alice successful"},
		{"POST", "/api/authenticate/refresh", "", 204, ""},
		{"DELETE", "/api/authenticate", "", 200, "Token invalidated successfully"},
		{"DELETE", "/api/authenticate", "", 401, `{"message":"Authentication Token is missing!",`},
		{"GET", "/.well-known/jwks.json", "", 200, `{"keys":[{"crv":"Ed25519",`},
	} {
		got, answer := status(t, client, step.method, service+step.path, step.body)
		if got != step.status || !strings.HasPrefix(answer, step.answer) {
			t.Errorf("%s %s: %d %s; want %d %s", step.method, step.path, got, answer, step.status, step.answer)
		}
	}
	told := authapi.NewClient(internal, serviceSecret, http.DefaultClient)
	if err := told.Apply(ctx, []authapi.Change{{Subject: "7", Kind: authapi.Closed}}); err != nil {
		t.Errorf("a change: %v", err)
	}
	if err := httpserver.AskReady(health); err != nil {
		t.Errorf("with Redis: %v", err)
	}
	redis.Stop()
	if err := httpserver.AskReady(health); err == nil {
		t.Error("it says that it is ready without Redis")
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if kept := alice.kept(); !slices.Equal(kept, []string{"logout"}) {
		t.Errorf("the audit has %v", kept)
	}
	if conn, err := net.Dial("tcp", health); err == nil {
		conn.Close()
		t.Error("it still listens")
	}
}

func TestItRefusesARedisThatEvicts(t *testing.T) {
	redis := redistest.Start(t)
	if err := redis.Client().ConfigSet(t.Context(), "maxmemory-policy", "allkeys-lru").Err(); err != nil {
		t.Fatal(err)
	}
	c := load(t, environment(t, redis.URL(), "http://127.0.0.1:1"))
	err := run(t.Context(), slog.New(slog.DiscardHandler), c, world{now: time.Now, started: func([]net.Addr) { t.Error("it started") }})
	if err == nil || !strings.Contains(err.Error(), "noeviction") {
		t.Errorf("%v; want one that says noeviction", err)
	}
}

func TestHealthCheckOfNobodyFails(t *testing.T) {
	cmd := exec.Command(os.Args[0], "healthcheck")
	cmd.Env = append(environment(t, "redis://localhost/0", "http://user-service:8092"), asMain, "HEALTH_LISTEN=127.0.0.1:1")
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("exit code %d, %v; want 1", cmd.ProcessState.ExitCode(), err)
	}
}

// The process itself: it says where it listens, is healthy there, and ends with 0 at SIGTERM.
func TestSignalEndsTheProcessCleanly(t *testing.T) {
	environ := append(environment(t, redistest.Start(t).URL(), "http://user-service:8092"), asMain)
	cmd := exec.Command(os.Args[0])
	cmd.Env = environ
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	lines := json.NewDecoder(out)
	var line struct{ Msg, Service, Addresses string }
	for line.Msg != "listening" {
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
	}
	addrs := strings.Fields(strings.Trim(line.Addresses, "[]"))
	if line.Service != "auth-service" || len(addrs) != 3 {
		t.Fatalf("the log line is %+v", line)
	}
	health := exec.Command(os.Args[0], "healthcheck")
	health.Env = append(environ, "HEALTH_LISTEN="+addrs[2])
	if err := health.Run(); err != nil {
		t.Errorf("the health check: %v", err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for line.Msg != "stopped" { // Wait would close the pipe before it is read
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
