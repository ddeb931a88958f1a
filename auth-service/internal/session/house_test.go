package session_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/auth-service/internal/redisstore"
	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/internal/peer"
	"gatehouse/internal/principal"
	"gatehouse/internal/redistest"
	"gatehouse/internal/revocation"
	"gatehouse/internal/revocation/revocationtest"
	"gatehouse/internal/throttle"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

const accessTTL = time.Hour

var key = []byte("0123456789abcdef0123456789abcdef")

// directory is user-service: it knows alice, whose password is "right".
type directory struct {
	made              time.Time // when alice's account was
	userapi.Directory           // what these tests do not ask

	mu    sync.Mutex
	role  string // empty: alice is gone
	epoch int64
	kept  string // the session that outlived the latest change of epoch
	email string
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

func (d *directory) Prove(_ context.Context, p userapi.Proof) (userapi.User, error) {
	if p.ID != "7" || p.Password != "right" || p.Origin != (userapi.Origin{Address: device.Address, Agent: device.UserAgent}) {
		return userapi.User{}, errWrong
	}
	return d.alice(errWrong)
}

// change is a new password in user-service: it gives the change to tell.
func (d *directory) change(kept string) authapi.Change {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.epoch, d.kept = d.epoch+1, kept
	return authapi.Change{Subject: "7", Kind: authapi.Credential, Epoch: d.epoch, Keep: kept}
}

func (d *directory) alice(gone error) (userapi.User, error) {
	d.mu.Lock()
	u := userapi.User{ID: "7", UID: "alice", Name: "Alice", Role: d.role, Email: d.email, Epoch: d.epoch, Kept: d.kept, CreatedAt: d.made}
	down, asked := d.down, d.asked
	d.mu.Unlock()
	if down != nil {
		return userapi.User{}, down
	}
	if u.Role == "" {
		return userapi.User{}, gone
	}
	if asked != nil {
		asked()
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

// diary is an audit and a mail queue that can be looked into.
type diary struct {
	mu      sync.Mutex
	noted   []userapi.Event
	now     []userapi.Event // taken down before Record returned
	notices []authapi.Notice
	fail    error // of the mail queue
}

func (d *diary) Note(e userapi.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.noted = append(d.noted, e)
}

func (d *diary) Record(_ context.Context, e userapi.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = append(d.now, e)
}

func (d *diary) Enqueue(_ context.Context, notices []authapi.Notice) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail == nil {
		d.notices = append(d.notices, notices...)
	}
	return d.fail
}

// house is the session service on a real Redis, with a user-service and a clock of the test's own.
type house struct {
	*testing.T
	*session.Service
	redis *redistest.Server
	users *directory
	list  *shakyList
	diary *diary
	ms    atomic.Int64
}

func open(t *testing.T) *house {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, redis: redistest.Start(t), users: &directory{made: time.Now(), role: "User", epoch: 1}, diary: new(diary)}
	h.ms.Store(time.Now().UnixMilli())
	client := h.redis.Client()
	revocationtest.Settle(t, client)
	h.list = &shakyList{List: revocation.New(client, h.now)}
	h.Service = &session.Service{
		Users: h.users, Store: redisstore.New(client), Revoked: h.list, Signer: token.NewSigner(private),
		Audit: h.diary, Notices: h.diary,
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
	g, outcome, err := h.Renew(h.Context(), refreshToken, device)
	if err != nil || outcome != want {
		h.Fatalf("outcome %s, %v; want %s", outcome, err, want)
	}
	return g
}

// refused checks that a refresh token is no good, as the guard words it.
func (h *house) refused(refreshToken string, want session.Outcome) {
	h.Helper()
	g, outcome, err := h.Renew(h.Context(), refreshToken, device)
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

// caller is who a gateway lets in with the access token of a grant.
func (h *house) caller(g session.Grant) principal.Principal {
	h.Helper()
	return h.claims(g).Principal()
}

// apply tells changes of accounts.
func (h *house) apply(changes ...authapi.Change) {
	h.Helper()
	if err := h.Apply(h.Context(), changes); err != nil {
		h.Fatal(err)
	}
}

// took checks the events that came since it was asked last, each as "action outcome actor subject" and its detail.
func (h *house) took(when string, events *[]userapi.Event, want ...string) {
	h.Helper()
	h.diary.mu.Lock()
	defer h.diary.mu.Unlock()
	var got []string
	for _, e := range *events {
		line := fmt.Sprintf("%s %s %q %q", e.Action, e.Outcome, e.Actor, e.Subject)
		if len(e.Detail) > 0 {
			line += fmt.Sprint(" ", e.Detail)
		}
		got = append(got, line)
		if !e.At.Equal(h.now()) || e.RequestID != "R1" || e.Origin != (userapi.Origin{Address: device.Address, Agent: device.UserAgent}) {
			h.Errorf("%s: the event %+v", when, e)
		}
	}
	if !slices.Equal(got, want) {
		h.Errorf("%s: the events are\n%s\nwant\n%s", when, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	*events = nil
}

// Context is that of a request.
func (h *house) Context() context.Context { return peer.WithRequestID(h.T.Context(), "R1") }

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
