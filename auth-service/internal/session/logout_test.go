package session_test

import (
	"testing"
	"time"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/fault"
	"gatehouse/internal/token"
)

func TestLogout(t *testing.T) {
	h := open(t)
	spoiled := func(g session.Grant) string { return g.AccessToken[:len(g.AccessToken)-6] }
	for name, tokens := range map[string]func(session.Grant) (access, refresh string){
		"by both tokens":                        func(g session.Grant) (string, string) { return g.AccessToken, g.RefreshToken },
		"by the access token alone":             func(g session.Grant) (string, string) { return g.AccessToken, "" },
		"by the refresh token alone":            func(g session.Grant) (string, string) { return "", g.RefreshToken },
		"by the access token and a bad refresh": func(g session.Grant) (string, string) { return g.AccessToken, "bad" },
		"by the refresh token and a bad access": func(g session.Grant) (string, string) { return spoiled(g), g.RefreshToken },
		"by a used refresh token": func(g session.Grant) (string, string) {
			h.renew(g.RefreshToken, session.Rotated)
			return "", g.RefreshToken
		},
	} {
		other, g := h.login(""), h.login("")
		access, refresh := tokens(g)
		sid, err := h.Logout(t.Context(), access, refresh, device)
		if err != nil || sid != h.claims(g).SessionID {
			t.Errorf("%s: session %q, %v", name, sid, err)
		}
		h.served(g, false)
		h.refused(g.RefreshToken, session.Gone)
		h.served(other, true)
		if _, err := h.Logout(t.Context(), access, refresh, device); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s, twice: %v; want a refusal", name, err)
		}
	}
}

// The session's clock began two hours ago, so that its access token has expired by the real time that Verify goes by.
func TestLogoutWithAnExpiredAccessToken(t *testing.T) {
	h := open(t)
	h.goOn(-2 * time.Hour)
	g := h.login("")
	h.goOn(2 * time.Hour)
	if _, err := h.Logout(t.Context(), g.AccessToken, "", device); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("by the expired token alone: %v; want a refusal", err)
	}
	if _, err := h.Logout(t.Context(), g.AccessToken, g.RefreshToken, device); err != nil {
		t.Errorf("with the refresh token: %v", err)
	}
	h.refused(g.RefreshToken, session.Gone)
}

func TestLogoutEndsBothSessionsWhenTheTokensDisagree(t *testing.T) {
	h := open(t)
	one, two := h.login(""), h.login("")
	if _, err := h.Logout(h.Context(), one.AccessToken, two.RefreshToken, device); err != nil {
		t.Fatal(err)
	}
	h.took("a logout", &h.diary.noted,
		`logout success "7" "7" map[sid:`+h.caller(two).SessionID+`]`, `logout success "7" "7" map[sid:`+h.caller(one).SessionID+`]`)
	h.served(one, false)
	h.served(two, false)
	h.refused(one.RefreshToken, session.Gone)
}

func TestLogoutOfNobody(t *testing.T) {
	h := open(t)
	for _, c := range []struct{ access, refresh, want string }{
		{"", "", "Authentication Token is missing!"},
		{"garbage", "", "Invalid Authentication token!"},
		{"", "garbage", "Invalid Authentication token!"},
		{"garbage", "garbage", "Invalid Authentication token!"},
		{"", h.Refresh.Make("nobody", 0), "Invalid Authentication token!"},
	} {
		if _, err := h.Logout(t.Context(), c.access, c.refresh, device); !fault.Is(err, fault.Unauthenticated) || err.Error() != c.want {
			t.Errorf("%q and %q: %v; want %s", c.access, c.refresh, err, c.want)
		}
	}
}

// Nobody is told that they are signed out while a gateway may still let them in.
func TestLogoutThatCannotRevokeFailsAndCanBeRepeated(t *testing.T) {
	h := open(t)
	g := h.login("")
	h.list.fail.Store(true)
	if _, err := h.Logout(t.Context(), g.AccessToken, g.RefreshToken, device); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v; want Unavailable", err)
	}
	h.list.fail.Store(false)
	if _, err := h.Logout(t.Context(), g.AccessToken, g.RefreshToken, device); err != nil {
		t.Error(err)
	}
	h.served(g, false)
}

// Were an entry kept for as long as tokens live today, one from before ACCESS_TOKEN_TTL was made shorter would come back.
func TestAnEntryOutlivesTokensFromBeforeALongerTTL(t *testing.T) {
	h := open(t)
	h.AccessTTL = token.MaxTTL
	old := h.login("")
	h.AccessTTL = time.Minute
	if _, err := h.Logout(t.Context(), old.AccessToken, "", device); err != nil {
		t.Fatal(err)
	}
	h.goOn(token.MaxTTL - time.Second)
	if _, err := h.Logout(t.Context(), "", h.login("").RefreshToken, device); err != nil { // which drops what is over
		t.Fatal(err)
	}
	h.served(old, false)
}
