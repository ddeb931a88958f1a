package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/env"
	"gatehouse/internal/redistest"
	"gatehouse/internal/revocation"
	"gatehouse/internal/revocation/revocationtest"
	"gatehouse/internal/token"
)

// house is a running gateway with raw sockets on both sides.
type house struct {
	*system
	up *recorder
}

const houseRoutes = `routes:
  - {path: /open/, methods: [GET, POST, OPTIONS], upstream: 'http://inside:PORT', access: public, timeout: 2s}
  - {path: /mine/, methods: [GET, POST], upstream: 'http://inside:PORT', access: session, forward: identity}
  - {path: /token/, methods: [GET], upstream: 'http://inside:PORT', access: public, forward: token}
  - {path: /admin/, methods: [GET], upstream: 'http://inside:PORT', access: [Admin], forward: identity}
  - {path: /small, methods: [POST], upstream: 'http://inside:PORT', access: public, body_limit: 1KiB}
  - {path: /nowhere, methods: [GET], upstream: 'http://inside:1', access: public}
`

// openHouse starts a gateway that gives requests so long to arrive.
func openHouse(t *testing.T, readTimeout time.Duration) *house {
	t.Helper()
	verify, sign, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{system: &system{t: t, key: sign, redis: redistest.Start(t)}, up: newRecorder(t)}
	revocationtest.Settle(t, h.redis.Client())
	h.list = revocation.New(h.redis.Client(), time.Now)
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		set, _ := token.MarshalJWKS([]ed25519.PublicKey{verify})
		w.Write(set)
	}))
	t.Cleanup(keys.Close)
	file := filepath.Join(t.TempDir(), "routes.yaml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(houseRoutes, "PORT", strconv.Itoa(h.up.port))), 0o600); err != nil {
		t.Fatal(err)
	}
	auth, _ := url.Parse(keys.URL)
	h.public, h.health = launch(t, slog.New(slog.DiscardHandler), &config{
		Listen: "127.0.0.1:0", HealthListen: "127.0.0.1:0", PublicURL: &url.URL{Scheme: "http", Host: "localhost:8087"},
		CookieName: "jwt", AuthServiceURL: auth, RedisURL: env.Secret(h.redis.URL()), RoutesFiles: []string{file}, ReadTimeout: readTimeout, AuthInternal: auth,
	}, nil)
	h.want(h.public, "/mine/good", h.cookie("first"), 200)
	h.up.take()
	return h
}

// attack is what a client sends, what it must get, and what of it the upstream must hear.
type attack struct {
	name    string
	send    string
	answers string   // their statuses, and then `open` or `closed`: what the connection is afterwards
	through []string // each as heard.text writes it
	ends    bool     // the client says that nothing more will come, where the gateway would wait for more
}

// get is a plain request with further header lines.
func get(target string, lines ...string) string { return request("GET", target, lines...) }

func request(method, target string, lines ...string) string {
	return method + " " + target + " HTTP/1.1\r\n" + strings.Join(append([]string{"Host: h"}, lines...), "\r\n") + "\r\n\r\n"
}

// try sends each attack on a connection of its own.
func (h *house) try(t *testing.T, attacks []attack) {
	t.Helper()
	for _, a := range attacks {
		h.up.take()
		got, err := h.exchange(a)
		if got != a.answers || err != nil {
			t.Errorf("%s: the client got %s, %v; want %s", a.name, got, err, a.answers)
		}
		h.checkThrough(t, a)
	}
	t.Logf("%d cases", len(attacks))
}

// checkThrough holds what the upstream heard against what it should have.
func (h *house) checkThrough(t *testing.T, a attack) {
	t.Helper()
	var texts []string
	for _, r := range h.up.take() {
		if r.broken != nil {
			t.Errorf("%s: the upstream heard what is no request: %v", a.name, r.broken)
		}
		if r.line != probed {
			texts = append(texts, r.text())
		}
		if all := strings.Join(r.headers, "\n"); strings.Contains(all, "evil") {
			t.Errorf("%s: the upstream believes the client: %s", a.name, all)
		}
	}
	if !slices.Equal(texts, a.through) {
		t.Errorf("%s: the upstream heard %q; want %q", a.name, texts, a.through)
	}
}

// probe is a harmless request, by which a client learns whether a connection is still good.
const (
	probe  = "GET /open/probe/good HTTP/1.1\r\nHost: h\r\n\r\n"
	probed = "GET /open/probe/good"
)

// exchange sends the attack and tells what comes back: the statuses, and whether the connection is good afterwards.
func (h *house) exchange(a attack) (string, error) {
	conn, err := net.Dial("tcp", h.public)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(conn, a.send) // a gateway that refuses halfway may close before all is sent
	if a.ends {
		conn.(*net.TCPConn).CloseWrite()
	}
	in := bufio.NewReader(conn)
	var got []string
	for range len(strings.Fields(a.answers)) - 1 {
		status, err := h.readAnswer(in)
		if err != nil {
			return strings.Join(append(got, "closed"), " "), ignoreEnd(err)
		}
		got = append(got, strconv.Itoa(status))
	}
	if !a.ends {
		io.WriteString(conn, probe)
	}
	switch status, err := h.readAnswer(in); {
	case err != nil:
		return strings.Join(append(got, "closed"), " "), ignoreEnd(err)
	case status == 200:
		return strings.Join(append(got, "open"), " "), nil
	default:
		return strings.Join(append(got, strconv.Itoa(status)), " "), errors.New("and more")
	}
}

// ignoreEnd takes the end of a connection for what it is. It may come as a reset, where the gateway had not read all.
func ignoreEnd(err error) error {
	if _, isNet := errors.AsType[*net.OpError](err); errors.Is(err, io.EOF) || isNet && !errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

// readAnswer reads one answer, which must be such that nobody learns from it what is inside.
func (h *house) readAnswer(in *bufio.Reader) (int, error) {
	if _, err := in.Peek(1); err != nil {
		return 0, err // where http.ReadResponse tells no end from half an answer
	}
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode < 200 {
		return resp.StatusCode, nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, h.checkAnswer(resp, body)
}

func (h *house) checkAnswer(resp *http.Response, body []byte) error {
	for _, name := range []string{"X-Request-Id", "X-Content-Type-Options", "Content-Security-Policy"} {
		if len(resp.Header[name]) != 1 {
			return fmt.Errorf("%s: %q", name, resp.Header[name])
		}
	}
	var head bytes.Buffer
	resp.Header.Write(&head)
	for _, secret := range []string{"evil", "Server:", strconv.Itoa(h.up.port), "inside", "fasthttp", ".go:", "goroutine", "127.0.0.1"} {
		if strings.Contains(head.String(), secret) || resp.StatusCode >= 400 && bytes.Contains(body, []byte(secret)) {
			return fmt.Errorf("the answer tells %s: %s%s", secret, head.String(), body)
		}
	}
	if resp.StatusCode < 400 || len(body) == 0 {
		return nil
	}
	var members map[string]any
	if err := json.Unmarshal(body, &members); err != nil || len(members) != 4 {
		return fmt.Errorf("a refusal that is no envelope: %s", body)
	}
	return nil
}
