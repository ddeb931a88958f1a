package api

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/postgrestest"
	"gatehouse/internal/token"
	"gatehouse/user-service/internal/password"
	"gatehouse/user-service/internal/postgres"
	"gatehouse/user-service/internal/user"
)

const (
	oldPassword = "correct horse"
	newPassword = "battery staple 9"
	secret      = "a service secret of the tests"
)

var site = &url.URL{Scheme: "https", Host: "gatehouse.example"}

// world is the service on a database of its own, with these accounts, all of them with oldPassword: ada (Admin), toby and
// grace (User), off (disabled User).
type world struct {
	t        *testing.T
	api      *API
	db       *postgres.DB
	auth     *authService
	signer   *token.Signer
	public   string // base URLs
	internal string
	ids      map[string]int64
}

func newWorld(t *testing.T, url string) *world {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := postgres.Open(url, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	hasher, err := password.New(password.NewQueue(2, 100, time.Minute), rand.Reader, log)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := key.Public().(ed25519.PublicKey)
	auth := new(authService)
	w := &world{t: t, db: db, auth: auth, signer: token.NewSigner(key), ids: make(map[string]int64), api: &API{
		Users: &user.Service{
			Store: db, Outbox: postgres.NewOutbox(db, auth, log), Passwords: hasher, Policy: password.Policy,
			CheckHash: password.Check, RingKey: []byte(secret), Now: time.Now, Random: rand.Reader, Log: log,
		},
		Keys:   token.KeySet{token.Thumbprint(public): public},
		Secret: secret,
		Site:   site,
		Log:    log,
	}}
	w.populate(hasher)
	w.public, w.internal = listen(t, w.api.Public()), listen(t, w.api.Internal())
	return w
}

func fresh(t *testing.T) *world { return newWorld(t, postgrestest.Database(t)) }

// freeze stops the domain's clock, so that all refusals are of one window.
func (w *world) freeze() {
	now := time.Now()
	w.api.Users.Now = func() time.Time { return now }
}

func (w *world) populate(hasher *password.Hasher) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.db.Migrate(ctx, func(context.Context) error { return nil }); err != nil {
		w.t.Fatal(err)
	}
	hash, err := hasher.Hash(ctx, oldPassword)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, u := range []user.User{
		{UID: "ada", Name: "Ada Lovelace", Email: "ada@example.org", Role: "Admin"},
		{UID: "toby", Name: "Thomas Edison", Email: "toby@example.org", Role: "User"},
		{UID: "grace", Name: "Grace Hopper", Email: "grace@example.org", Role: "User"},
		{UID: "off", Name: "Switched Off", Role: "User", Disabled: true},
	} {
		created, err := w.db.Create(ctx, user.Actor{ID: 1 << 40, UID: "maker"}, user.Account{User: u, Hash: hash})
		if err != nil {
			w.t.Fatal(err)
		}
		w.ids[u.UID] = created.ID
	}
}

func listen(t *testing.T, app *fiber.App) (base string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(ln)
	t.Cleanup(func() { app.Shutdown() })
	return "http://" + ln.Addr().String()
}

// token is an access token of an account, signed in so long ago.
func (w *world) token(subject string, ago time.Duration) string {
	w.t.Helper()
	now := time.Now()
	text := fmt.Sprintf(`{"sub":%q,"uid":"x","role":"Admin","sid":"s","jti":"j","gen":"g","iat":%d,"exp":%d,"auth_time":%d}`,
		subject, now.Unix(), now.Add(time.Hour).Unix(), now.Add(-ago).Unix())
	var claims token.Claims
	if err := json.Unmarshal([]byte(text), &claims); err != nil {
		w.t.Fatal(err)
	}
	raw, err := w.signer.Sign(claims)
	if err != nil {
		w.t.Fatal(err)
	}
	return raw
}

// request is one call; as names the account whose token it carries, which says Admin whoever it is.
type request struct {
	as     string
	ago    time.Duration // since the sign-in
	method string
	path   string
	body   string
	header map[string]string
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (w *world) send(base string, r request) answer {
	w.t.Helper()
	req, err := http.NewRequest(r.method, base+r.path, strings.NewReader(r.body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if r.as != "" {
		req.Header.Set("Authorization", "Bearer "+w.token(strconv.FormatInt(w.ids[r.as], 10), r.ago))
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
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
