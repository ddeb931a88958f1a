package session_test

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/fault"
	"gatehouse/internal/token"
)

func TestAProofIsInTheTokenFromThenOn(t *testing.T) {
	h := open(t)
	g := h.login("")
	h.goOn(20 * time.Minute)
	access, err := h.Prove(h.Context(), h.caller(g), "right", device)
	if err != nil {
		t.Fatal(err)
	}
	proved := session.Grant{AccessToken: access}
	before, after := h.claims(g), h.claims(proved)
	if at := after.AuthTime.Time; h.now().Sub(at) > time.Millisecond || after.SessionID != before.SessionID || after.ID == before.ID || after.Role != "User" {
		t.Errorf("the claims were %+v and are %+v", before, after)
	}
	h.served(proved, true)
	if err := h.EndOthers(h.Context(), h.caller(proved), device); err != nil {
		t.Errorf("with the proof: %v", err)
	}
	h.goOn(10 * time.Minute)
	if at := h.claims(h.renew(g.RefreshToken, session.Rotated)).AuthTime.Time; h.now().Sub(at) > 10*time.Minute+time.Millisecond {
		t.Errorf("after a refresh it was proved at %v", at)
	}
}

// 401 would look like the end of the session.
func TestAWrongPasswordIsForbidden(t *testing.T) {
	h := open(t)
	g := h.login("")
	h.goOn(20 * time.Minute)
	access, err := h.Prove(h.Context(), h.caller(g), "wrong", device)
	if !fault.Is(err, fault.Forbidden) || err.Error() != "Password is wrong" || access != "" {
		t.Errorf("%q, %v", access, err)
	}
	h.served(g, true)
	if again := h.claims(h.renew(g.RefreshToken, session.Rotated)); h.now().Sub(again.AuthTime.Time) < 20*time.Minute {
		t.Errorf("it counts as proved at %v", again.AuthTime)
	}
}

func TestAProofRevivesNoSession(t *testing.T) {
	for name, over := range map[string]func(*house, session.Grant){
		"ended": func(h *house, g session.Grant) {
			if err := h.EndAll(h.Context(), h.caller(g), device); err != nil {
				t.Fatal(err)
			}
		},
		"of an epoch before":      func(h *house, _ session.Grant) { h.users.change("") },
		"ended while it is asked": func(h *house, _ session.Grant) { h.users.asked = func() { h.apply(h.users.change("")) } },
	} {
		h := open(t)
		g := h.login("")
		over(h, g)
		access, err := h.Prove(h.Context(), h.caller(g), "right", device)
		if !fault.Is(err, fault.Unauthenticated) || access != "" {
			t.Errorf("%s: %q, %v", name, access, err)
		}
		h.took(name, &h.diary.noted)
		h.served(g, false)
		h.refused(g.RefreshToken, session.Gone)
	}
}

func TestAProofNeedsWhatItAsks(t *testing.T) {
	h := open(t)
	g := h.login("")
	h.users.down = fault.New(fault.Unavailable, "later")
	if _, err := h.Prove(h.Context(), h.caller(g), "right", device); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without user-service: %v", err)
	}
	h.users.down = nil
	h.redis.Stop()
	if _, err := h.Prove(h.Context(), h.caller(g), "right", device); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without Redis: %v", err)
	}
	h.took("outages", &h.diary.noted)
}

// What is gone from the store is not found by a change any more, so no token may be good after that.
func TestNoTokenOutlivesItsSession(t *testing.T) {
	h := open(t)
	g := h.login("")
	began := h.now()
	for range 5 {
		h.goOn(session.AbsoluteLimit/5 - time.Minute)
		g = h.renew(g.RefreshToken, session.Rotated)
	}
	proved, err := h.Prove(h.Context(), h.caller(g), "right", device)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{g.AccessToken, proved} {
		claims := new(token.Claims)
		if _, _, err := jwt.NewParser().ParseUnverified(raw, claims); err != nil || claims.ExpiresAt.After(began.Add(session.AbsoluteLimit)) {
			t.Errorf("it expires at %v, %v; the session at %v", claims.ExpiresAt, err, began.Add(session.AbsoluteLimit))
		}
	}
}

// Whoever has a session without the password may guess ten times, and then once a minute. The right one costs nothing.
func TestGuessesAtAProofAreThrottled(t *testing.T) {
	h := open(t)
	g := h.login("")
	by := h.caller(g)
	for range 20 {
		if _, err := h.Prove(h.Context(), by, "right", device); err != nil {
			t.Fatal(err)
		}
	}
	h.users.down = fault.New(fault.Unavailable, "later")
	for range 20 {
		if _, err := h.Prove(h.Context(), by, "right", device); !fault.Is(err, fault.Unavailable) {
			t.Fatal(err)
		}
	}
	h.users.down = nil
	for range 10 {
		if _, err := h.Prove(h.Context(), by, "wrong", device); !fault.Is(err, fault.Forbidden) {
			t.Fatal(err)
		}
	}
	h.diary.noted = nil
	if _, err := h.Prove(h.Context(), by, "right", device); !fault.Is(err, fault.TooManyRequests) || fault.From(err).RetryAfter != time.Minute {
		t.Errorf("after ten guesses: %v", err)
	}
	h.took("a throttle", &h.diary.noted, `proof refused "7" "7" map[reason:throttled]`)
	other := by
	other.Subject = "8"
	if _, err := h.Prove(h.Context(), other, "wrong", device); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody else: %v", err)
	}
	h.goOn(time.Minute)
	if _, err := h.Prove(h.Context(), by, "right", device); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	h.served(g, true)
}
