package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/env"
	"gatehouse/internal/postgrestest"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/postgres"
	"gatehouse/user-service/internal/user"
)

const (
	serviceSecret = "a service secret of the tests"
	adminPassword = "first of all Admins"
)

// told gets what auth-service is told of.
var told = make(chan string, 10)

func configured(t *testing.T, databaseURL string) *config {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := token.MarshalJWKS([]ed25519.PublicKey{key.Public().(ed25519.PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	auth := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case token.KeySetPath:
			rw.Write(keys)
		case authapi.ChangesPath:
			body, _ := io.ReadAll(r.Body)
			told <- r.Header.Get("Authorization") + string(body)
			rw.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(auth.Close)
	var c config
	err = env.LoadFrom(&c, []string{"DATABASE_URL=" + databaseURL, "SERVICE_SECRET=" + serviceSecret, "ADMIN_PASSWORD=" + adminPassword,
		"AUTH_SERVICE_URL=" + auth.URL, "AUTH_INTERNAL_URL=" + auth.URL, "LISTEN=127.0.0.1:0", "INTERNAL_LISTEN=127.0.0.1:0", "HEALTH_LISTEN=127.0.0.1:0", "DRAIN=0s"})
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

// watch is a log that tells when a line with a text has been written.
type watch struct {
	mu   sync.Mutex
	all  bytes.Buffer
	text string
	seen chan struct{}
}

func (w *watch) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.text != "" && bytes.Contains(line, []byte(w.text)) {
		close(w.seen)
		w.text = ""
	}
	return w.all.Write(line)
}

// instance is one running service.
type instance struct {
	addrs []net.Addr
	stop  func() error
	log   *watch
}

// start starts a replica and waits until its listeners are open and, where text is not empty, until that was logged.
func start(t *testing.T, c *config, text string) instance {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	open, done := make(chan []net.Addr, 1), make(chan error, 1)
	log := &watch{text: text, seen: make(chan struct{})}
	go func() {
		done <- run(ctx, slog.New(slog.NewTextHandler(log, nil)), c, func(addrs []net.Addr) { open <- addrs })
	}()
	r := instance{log: log, stop: sync.OnceValue(func() error { cancel(); return <-done })}
	t.Cleanup(func() { r.stop() })
	select {
	case r.addrs = <-open:
	case err := <-done:
		t.Fatal(err)
	}
	if text != "" {
		<-log.seen
	}
	return r
}

func (r instance) get(t *testing.T, listener int, path string) int {
	t.Helper()
	resp, err := http.Get("http://" + r.addrs[listener].String() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

const prepared = "database prepared"

func TestThreeReplicasMakeOneAdmin(t *testing.T) {
	c := configured(t, postgrestest.Database(t))
	replicas := make([]instance, 3)
	var all sync.WaitGroup
	for i := range replicas {
		all.Go(func() { replicas[i] = start(t, c, prepared) })
	}
	all.Wait()
	var ids [3]string
	for i, r := range replicas {
		client := userapi.NewClient("http://"+r.addrs[1].String(), serviceSecret, http.DefaultClient)
		u, err := client.Verify(context.Background(), userapi.Credential{UID: "admin", Password: adminPassword})
		if err != nil || u.Role != "Admin" {
			t.Errorf("%+v, %v", u, err)
		}
		ids[i] = u.ID
		if status := r.get(t, 2, "/readyz"); status != http.StatusOK {
			t.Errorf("readyz %d", status)
		}
		if status := r.get(t, 0, "/api/id"); status != http.StatusUnauthorized {
			t.Errorf("id %d", status)
		}
	}
	if ids[0] != ids[1] || ids[1] != ids[2] {
		t.Errorf("Admins %v", ids)
	}
	for _, r := range replicas {
		if err := r.stop(); err != nil {
			t.Error(err)
		}
		if log := r.log.all.String(); strings.Contains(log, adminPassword) || strings.Contains(log, serviceSecret) {
			t.Errorf("a secret is in the log:\n%s", log)
		}
	}
	c.AdminPassword = "" // not needed any more
	start(t, c, prepared)
}

func TestStartsBeforeTheDatabase(t *testing.T) {
	server := postgrestest.Start(t)
	c := configured(t, server.URL())
	server.Stop()
	r := start(t, c, "database not prepared")
	if status := r.get(t, 2, "/livez"); status != http.StatusOK {
		t.Errorf("livez %d", status)
	}
	if status := r.get(t, 2, "/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("readyz %d", status)
	}
	r.log.mu.Lock()
	r.log.text, r.log.seen = prepared, make(chan struct{})
	seen := r.log.seen
	r.log.mu.Unlock()
	server.Resume()
	<-seen
	if status := r.get(t, 2, "/readyz"); status != http.StatusOK {
		t.Errorf("readyz %d", status)
	}
	server.Stop()
	if status := r.get(t, 2, "/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("readyz %d with the database down", status)
	}
}

// TestWhatWasLeftBehind: a change that was committed by a replica that died is told by the next one, at its start.
func TestWhatWasLeftBehind(t *testing.T) {
	c := configured(t, postgrestest.Database(t))
	start(t, c, prepared).stop()
	db, err := postgres.Open(c.DatabaseURL.Reveal(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Update(context.Background(), user.Actor{}, "admin", func(a user.Account) (user.Account, error) {
		a.Hash = "another"
		return a, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	start(t, c, prepared)
	got := <-told
	if !strings.HasPrefix(got, "Bearer "+serviceSecret+"[{") || !strings.Contains(got, `"kind":"credential","epoch":2`) {
		t.Errorf("told %s", got)
	}
}

func TestFirstAdminMustBeGood(t *testing.T) {
	url := postgrestest.Database(t)
	for _, test := range []struct{ uid, password, want string }{
		{"admin", "", "ADMIN_PASSWORD is not set"},
		{"admin", "password", "too common"},
		{"Admin-of-all", "admin-OF-all", "Password must not be"},
		{"a b", adminPassword, "User ID may"},
	} {
		c := configured(t, url)
		c.AdminUID, c.AdminPassword = test.uid, env.Secret(test.password)
		err := run(context.Background(), slog.New(slog.DiscardHandler), c, nil)
		if !errors.Is(err, user.ErrNoAdmin) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.uid, err)
		}
	}
}
