package api_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/auth-service/internal/api"
	"gatehouse/auth-service/internal/redisstore"
	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/peer"
	"gatehouse/internal/redistest"
	"gatehouse/internal/revocation"
	"gatehouse/internal/revocation/revocationtest"
	"gatehouse/internal/throttle"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// directory is user-service: it knows Alice, whose password is "right", writes her uid in its own way, and may be down.
type directory struct {
	userapi.Directory // what these tests do not ask

	down       bool
	gone       bool
	requestID  string
	credential userapi.Credential // the last one
}

func (d *directory) Verify(ctx context.Context, c userapi.Credential) (userapi.User, error) {
	d.credential = c
	if !strings.EqualFold(c.UID, "alice") || c.Password != "right" {
		return userapi.User{}, fault.New(fault.Unauthenticated, "Invalid user id or password")
	}
	return d.User(ctx, "7")
}

func (d *directory) Prove(ctx context.Context, p userapi.Proof) (userapi.User, error) {
	return d.Verify(ctx, userapi.Credential{UID: "alice", Password: p.Password, Origin: p.Origin})
}

func (d *directory) User(ctx context.Context, _ string) (userapi.User, error) {
	d.requestID = peer.RequestID(ctx)
	if d.down {
		return userapi.User{}, fault.New(fault.Unavailable, "later")
	}
	if d.gone {
		return userapi.User{}, fault.New(fault.NotFound, "User 7 not found")
	}
	return userapi.User{ID: "7", UID: "Alice", Role: "User", Epoch: 1}, nil
}

// door is the service behind its HTTP door.
type door struct {
	t      *testing.T
	app    *fiber.App
	users  *directory
	redis  *redistest.Server
	keySet []byte
	log    strings.Builder
	names  struct{ access, refresh string }

	internal *fiber.App
	behind   time.Duration // of the service's clock
	events   []userapi.Event
	notices  []authapi.Notice
}

// Note, Record and Enqueue make the door its own audit and mail queue.
func (d *door) Note(e userapi.Event)                      { d.events = append(d.events, e) }
func (d *door) Record(_ context.Context, e userapi.Event) { d.Note(e) }
func (d *door) Enqueue(_ context.Context, notices []authapi.Notice) error {
	d.notices = append(d.notices, notices...)
	return nil
}

// ago sets the service's clock back.
func (d *door) ago(by time.Duration) { d.behind = by }
func (d *door) now() time.Time       { return time.Now().Add(-d.behind) }

const serviceSecret = "the-service-secret-of-this-test"

func parse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// open opens a door for pages at public; pages at the origins may call it too.
func open(t *testing.T, public string, origins ...string) *door {
	t.Helper()
	key, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &door{t: t, users: new(directory), redis: redistest.Start(t)}
	d.names.access, d.names.refresh = "jwt", "jwt_refresh"
	if strings.HasPrefix(public, "https") {
		d.names.access, d.names.refresh = "__Host-jwt", "__Secure-jwt_refresh"
	}
	if d.keySet, err = token.MarshalJWKS([]ed25519.PublicKey{key}); err != nil {
		t.Fatal(err)
	}
	var allowed []*url.URL
	for _, o := range origins {
		allowed = append(allowed, parse(t, o))
	}
	opened := time.Now() // and then no time passes for the throttle
	client, secret := d.redis.Client(), []byte("0123456789abcdef0123456789abcdef")
	revocationtest.Settle(t, client)
	options := httpserver.Options{Service: "auth-service", Log: slog.New(slog.NewJSONHandler(&d.log, nil)), FromGateway: true}
	d.app, d.internal = httpserver.New(options), httpserver.New(options)
	a := &api.API{
		Sessions: &session.Service{
			Users: d.users, Store: redisstore.New(client), Revoked: revocation.New(client, d.now),
			Audit: d, Notices: d,
			Signer: token.NewSigner(private), Keys: token.NewKeySet([]ed25519.PublicKey{key}),
			Refresh:   session.NewRefreshTokens(secret),
			Devices:   session.NewKnownDevices(secret),
			Attempts:  session.NewAttempts(throttle.New(client, func() time.Time { return opened }), secret),
			AccessTTL: time.Hour, Now: d.now, NewID: rand.Text,
		},
		Cookies: api.NewCookies("jwt", parse(t, public), allowed, time.Hour),
		KeySet:  func() ([]byte, error) { return d.keySet, nil },
		Secret:  serviceSecret,
	}
	a.Routes(d.app)
	a.InternalRoutes(d.internal)
	return d
}

// answer is what came back through the door.
type answer struct {
	status  int
	header  http.Header
	body    string
	cookies map[string]string // whole Set-Cookie lines by name
}

// value is the value of a cookie that was set.
func (a answer) value(name string) string {
	value, _, _ := strings.Cut(strings.TrimPrefix(a.cookies[name], name+"="), ";")
	return value
}

// message is what a refusal says; empty when the answer is none, or not in the envelope.
func (a answer) message() string {
	var e map[string]any
	if json.Unmarshal([]byte(a.body), &e) != nil || len(e) != 4 || e["request_id"] != a.header.Get("X-Request-Id") {
		return ""
	}
	message, _ := e["message"].(string)
	return message
}

// ask sends a request with header lines, such as "Cookie: a=b". A body is sent as JSON.
func (d *door) ask(method, path, body string, headers ...string) answer {
	d.t.Helper()
	return d.askAt(d.app, method, path, body, headers...)
}

// tell sends changes to the internal listener.
func (d *door) tell(changes string, headers ...string) answer {
	d.t.Helper()
	return d.askAt(d.internal, "POST", authapi.ChangesPath, changes, headers...)
}

func (d *door) askAt(app *fiber.App, method, path, body string, headers ...string) answer {
	d.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := app.Test(req, -1)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	a := answer{resp.StatusCode, resp.Header, string(text), map[string]string{}}
	for _, line := range resp.Header.Values(fiber.HeaderSetCookie) {
		name, _, _ := strings.Cut(line, "=")
		a.cookies[name] = line
	}
	return a
}

const login = "/api/authenticate"

// signIn gives the header lines that the gateway hands on after a sign-in.
func (d *door) signIn() (access, refresh string) {
	d.t.Helper()
	got := d.ask("POST", login, `{"uid":"alice","password":"right"}`)
	if got.status != 200 {
		d.t.Fatal(got)
	}
	return "Authorization: Bearer " + got.value(d.names.access), "Cookie: " + d.names.refresh + "=" + got.value(d.names.refresh)
}
