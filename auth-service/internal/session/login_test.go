package session_test

import (
	"testing"
	"time"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/fault"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

func TestLoginGivesBothTokens(t *testing.T) {
	h := open(t)
	g := h.login("")
	c, err := token.Verify(g.AccessToken, h.Keys)
	if err != nil {
		t.Fatal(err)
	}
	if g.UID != "alice" || c.UID != "alice" || c.Subject != "7" || c.Role != "User" || c.SessionID == "" || c.ID == "" || c.Generation == "" {
		t.Errorf("the claims are %+v", c)
	}
	if life := c.ExpiresAt.Sub(c.IssuedAt.Time); (life - accessTTL).Abs() > time.Millisecond {
		t.Errorf("the access token lives for %v", life)
	}
	sid, counter, ok := h.Refresh.Open(g.RefreshToken)
	if !ok || sid != c.SessionID || counter != 0 {
		t.Errorf("the refresh token is of session %q, counter %d, ok %v", sid, counter, ok)
	}
	h.served(g, true)
	if second := h.claims(h.login("")); second.ID == c.ID || second.SessionID == c.SessionID {
		t.Error("two logins share an id")
	}
}

func TestWrongCredentialLeavesNothing(t *testing.T) {
	h := open(t)
	for _, c := range []userapi.Credential{{UID: "alice", Password: "wrong"}, {UID: "bob", Password: "right"}, {}} {
		g, err := h.Login(t.Context(), c, device, session.Had{})
		if !fault.Is(err, fault.Unauthenticated) || g != (session.Grant{}) {
			t.Errorf("%+v: %+v, %v", c, g, err)
		}
	}
	if left, err := h.redis.Client().Keys(t.Context(), "{session:*").Result(); err != nil || len(left) != 0 {
		t.Errorf("%v were left, %v", left, err)
	}
}

func TestLoginEndsTheSessionThatTheBrowserHad(t *testing.T) {
	h := open(t)
	elsewhere, before := h.login(""), h.login("")
	after := h.login(before.RefreshToken)
	h.served(before, false)
	h.refused(before.RefreshToken, session.Gone)
	h.served(after, true)
	h.served(elsewhere, true)
	h.renew(elsewhere.RefreshToken, session.Rotated)
}

func TestAFailedLoginEndsNothing(t *testing.T) {
	h := open(t)
	before := h.login("")
	if _, err := h.Login(t.Context(), userapi.Credential{UID: "alice", Password: "wrong"}, device, session.Had{RefreshToken: before.RefreshToken}); err == nil {
		t.Fatal("a wrong password signs in")
	}
	h.served(before, true)
	h.renew(before.RefreshToken, session.Rotated)
}

func TestRedisDownIsUnavailable(t *testing.T) {
	h := open(t)
	g := h.login("")
	h.redis.Stop()
	_, loginErr := h.Login(t.Context(), userapi.Credential{UID: "alice", Password: "right"}, device, session.Had{})
	_, _, renewErr := h.Renew(t.Context(), g.RefreshToken)
	_, logoutErr := h.Logout(t.Context(), g.AccessToken, g.RefreshToken)
	for what, err := range map[string]error{"login": loginErr, "refresh": renewErr, "logout": logoutErr} {
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v; want Unavailable", what, err)
		}
	}
	h.redis.Resume()
	h.renew(g.RefreshToken, session.Rotated) // nothing was used up
}

// The role was read a moment before somebody took it away: the token that is made from it must be among those that are
// revoked with it, else it would be good for an hour.
func TestARoleThatChangesMeanwhile(t *testing.T) {
	h := open(t)
	h.users.role = "Admin"
	g := h.login("")
	h.users.asked = func() {
		h.goOn(time.Millisecond)
		if err := h.list.User(t.Context(), "7", h.now()); err != nil {
			t.Error(err)
		}
		h.goOn(time.Millisecond)
	}
	h.served(h.renew(g.RefreshToken, session.Rotated), false)
	h.served(h.login(""), false)
}
