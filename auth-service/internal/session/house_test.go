package session_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/auth-service/internal/redisstore"
	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/fault"
	"gatehouse/internal/redistest"
	"gatehouse/internal/revocation"
	"gatehouse/internal/throttle"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

const accessTTL = time.Hour

var key = []byte("0123456789abcdef0123456789abcdef")

// directory is user-service: it knows alice, whose password is "right".
type directory struct {
	mu    sync.Mutex
	role  string // empty: alice is gone
	down  error
	asked func() // what happens beside each look-up, or nil
	tried atomic.Int64
}

var errWrong = fault.New(fault.Unauthenticated, "Invalid user id or password")

func (d *directory) Verify(_ context.Context, c userapi.Credential) (userapi.User, error) {
	d.tried.Add(1)
	if c != (userapi.Credential{UID: "alice", Password: "right"}) {
		return userapi.User{}, errWrong
	}
	return d.alice(errWrong)
}

func (d *directory) User(_ context.Context, id string) (userapi.User, error) {
	if id != "7" {
		return userapi.User{}, errors.New("asked for " + id)
	}
	return d.alice(fault.New(fault.NotFound, "User 7 not found"))
}

func (d *directory) alice(gone error) (userapi.User, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down != nil {
		return userapi.User{}, d.down
	}
	if d.role == "" {
		return userapi.User{}, gone
	}
	u := userapi.User{ID: "7", UID: "alice", Role: d.role}
	if d.asked != nil {
		d.asked()
	}
	return u, nil
}

// shakyList is a revocation list whose entries of sessions fail while it is told to.
type shakyList struct {
	*revocation.List
	fail atomic.Bool
}

func (l *shakyList) Session(ctx context.Context, sid string, until time.Time) error {
	if l.fail.Load() {
		return revocation.ErrUnknown
	}
	return l.List.Session(ctx, sid, until)
}

// house is the session service on a real Redis, with a user-service and a clock of the test's own.
type house struct {
	*testing.T
	*session.Service
	redis *redistest.Server
	users *directory
	list  *shakyList
	ms    atomic.Int64
}

func open(t *testing.T) *house {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, redis: redistest.Start(t), users: &directory{role: "User"}}
	h.ms.Store(time.Now().UnixMilli())
	client := h.redis.Client()
	h.list = &shakyList{List: revocation.New(client, h.now)}
	h.Service = &session.Service{
		Users: h.users, Store: redisstore.New(client), Revoked: h.list, Signer: token.NewSigner(private),
		Keys:      token.NewKeySet([]ed25519.PublicKey{public}),
		Refresh:   session.NewRefreshTokens(key),
		Devices:   session.NewKnownDevices(key),
		Attempts:  session.NewAttempts(throttle.New(client, h.now), key),
		AccessTTL: accessTTL, Now: h.now, NewID: rand.Text,
	}
	return h
}

func (h *house) now() time.Time        { return time.UnixMilli(h.ms.Load()) }
func (h *house) goOn(by time.Duration) { h.ms.Add(by.Milliseconds()) }

var device = session.Device{Address: "192.0.2.7", UserAgent: "Browser/1"}

func (h *house) login(previous string) session.Grant {
	h.Helper()
	g, err := h.Login(h.Context(), userapi.Credential{UID: "alice", Password: "right"}, device, session.Had{RefreshToken: previous})
	if err != nil {
		h.Fatal(err)
	}
	return g
}

// renew refreshes and checks the outcome.
func (h *house) renew(refreshToken string, want session.Outcome) session.Grant {
	h.Helper()
	g, outcome, err := h.Renew(h.Context(), refreshToken)
	if err != nil || outcome != want {
		h.Fatalf("outcome %s, %v; want %s", outcome, err, want)
	}
	return g
}

// refused checks that a refresh token is no good, as the guard words it.
func (h *house) refused(refreshToken string, want session.Outcome) {
	h.Helper()
	g, outcome, err := h.Renew(h.Context(), refreshToken)
	if !fault.Is(err, fault.Unauthenticated) || err.Error() != "Invalid Authentication token!" || outcome != want || g != (session.Grant{}) {
		h.Errorf("%+v, outcome %s, %v; want a refusal and %s", g, outcome, err, want)
	}
}

// claims reads a token without looking at the time: the house's clock is not the library's.
func (h *house) claims(g session.Grant) *token.Claims {
	h.Helper()
	claims := new(token.Claims)
	if _, err := jwt.NewParser(jwt.WithoutClaimsValidation()).ParseWithClaims(g.AccessToken, claims, token.KeyFunc(h.Keys)); err != nil {
		h.Fatal(err)
	}
	return claims
}

// served checks whether a gateway would accept the access token of a grant.
func (h *house) served(g session.Grant, want bool) {
	h.Helper()
	c := h.claims(g)
	revoked, err := h.list.Revoked(h.Context(), revocation.Token{
		SessionID: c.SessionID, ID: c.ID, Subject: c.Subject, IssuedAt: c.IssuedAt.Time, Generation: c.Generation,
	})
	if err != nil || revoked == want {
		h.Errorf("the access token is revoked: %v, %v; want served: %v", revoked, err, want)
	}
}
