package session_test

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
)

func TestRefreshRotates(t *testing.T) {
	h := open(t)
	first := h.login("")
	h.goOn(30 * time.Minute)
	second := h.renew(first.RefreshToken, session.Rotated)
	if second.RefreshToken == first.RefreshToken || second.AccessToken == first.AccessToken {
		t.Error("a token stays the same")
	}
	before, after := h.claims(first), h.claims(second)
	if after.SessionID != before.SessionID || after.ID == before.ID || !after.AuthTime.Equal(before.AuthTime.Time) {
		t.Errorf("the claims were %+v and are %+v", before, after)
	}
	if life := after.ExpiresAt.Sub(h.now()); (life - accessTTL).Abs() > time.Millisecond {
		t.Errorf("the new access token has %v to live", life)
	}
	h.renew(second.RefreshToken, session.Rotated)
	h.served(second, true)
}

func TestWithinTheGraceTheSuccessorIsTheSame(t *testing.T) {
	h := open(t)
	first := h.login("")
	second := h.renew(first.RefreshToken, session.Rotated)
	h.goOn(session.Grace)
	if again := h.renew(first.RefreshToken, session.Repeated); again.RefreshToken != second.RefreshToken {
		t.Errorf("%s and then %s", second.RefreshToken, again.RefreshToken)
	}
	h.renew(second.RefreshToken, session.Rotated)
}

func TestACopiedTokenEndsTheSession(t *testing.T) {
	h := open(t)
	other, first := h.login(""), h.login("")
	second := h.renew(first.RefreshToken, session.Rotated)
	h.goOn(session.Grace + time.Millisecond)
	h.refused(first.RefreshToken, session.Reused)
	h.served(first, false)
	h.served(second, false)
	h.refused(second.RefreshToken, session.Gone)
	h.served(other, true)
}

func TestACopiedTokenIsToldToTheUserAndTheAudit(t *testing.T) {
	h := open(t)
	reuse := func(address string) (sid string) {
		h.users.email = address
		first := h.login("")
		h.renew(first.RefreshToken, session.Rotated)
		h.goOn(session.Grace + time.Millisecond)
		h.list.fail.Store(true)
		if _, _, err := h.Renew(h.Context(), first.RefreshToken, device); !fault.Is(err, fault.Unavailable) {
			t.Errorf("while nothing can be revoked: %v", err)
		}
		h.took("a reuse that ended nothing", &h.diary.now)
		h.list.fail.Store(false)
		h.diary.fail = errors.New("no queue")
		if _, _, err := h.Renew(h.Context(), first.RefreshToken, device); address != "" && !fault.Is(err, fault.Unavailable) {
			t.Errorf("while no mail is taken: %v", err)
		}
		h.diary.fail = nil
		if _, _, err := h.Renew(h.Context(), first.RefreshToken, device); !fault.Is(err, fault.Unauthenticated) {
			t.Error(err)
		}
		sid = h.caller(first).SessionID
		h.took("a reuse", &h.diary.now, `refresh refused "" "7" map[reason:reused sid:`+sid+`]`)
		return sid
	}
	reuse("alice@example.org")
	if want := (authapi.Notice{Subject: "7", Kind: "refresh-reused", To: "alice@example.org", Name: "Alice", UID: "alice", Facts: map[string]string{
		"device": "an unknown device", "address": "192.0.2.7", "at": h.now().UTC().Format(time.RFC3339),
	}}); len(h.diary.notices) != 1 || !reflect.DeepEqual(h.diary.notices[0], want) {
		t.Errorf("the notices are %+v; want %+v", h.diary.notices, want)
	}
	reuse("")
	if len(h.diary.notices) != 1 {
		t.Errorf("nobody has no address, and gets %+v", h.diary.notices[1:])
	}
	if len(h.diary.noted) != 0 {
		t.Errorf("and %+v", h.diary.noted)
	}
}

// Were the revocation lost with the session, the thief's access token would be good for an hour.
func TestACopiedTokenIsRevokedEvenAtTheSecondTry(t *testing.T) {
	h := open(t)
	first := h.login("")
	second := h.renew(first.RefreshToken, session.Rotated)
	h.goOn(session.Grace + time.Millisecond)
	h.list.fail.Store(true)
	for _, tried := range []session.Grant{first, second} {
		if _, _, err := h.Renew(t.Context(), tried.RefreshToken, device); !fault.Is(err, fault.Unavailable) {
			t.Errorf("while nothing can be revoked: %v; want Unavailable", err)
		}
	}
	h.list.fail.Store(false)
	h.refused(second.RefreshToken, session.Reused)
	h.served(second, false)
	h.refused(first.RefreshToken, session.Gone)
}

func TestManyTabsRefreshAtOnce(t *testing.T) {
	h := open(t)
	first := h.login("")
	grants := make(chan session.Grant, 20)
	var group sync.WaitGroup
	for range cap(grants) {
		group.Go(func() {
			g, _, err := h.Renew(t.Context(), first.RefreshToken, device)
			if err != nil {
				t.Error(err)
			}
			grants <- g
		})
	}
	group.Wait()
	close(grants)
	want := h.Refresh.Make(h.claims(first).SessionID, 1)
	for g := range grants {
		if g.RefreshToken != want {
			t.Errorf("a tab got %q; want the one successor", g.RefreshToken)
		}
		h.served(g, true)
	}
	h.renew(want, session.Rotated)
}

func TestSessionsEnd(t *testing.T) {
	t.Run("without use", func(t *testing.T) {
		h := open(t)
		g := h.login("")
		h.goOn(session.IdleLimit - time.Millisecond)
		g = h.renew(g.RefreshToken, session.Rotated)
		h.goOn(session.IdleLimit)
		h.refused(g.RefreshToken, session.Gone)
	})
	t.Run("in any case", func(t *testing.T) {
		h := open(t)
		g := h.login("")
		for range 5 {
			h.goOn(session.AbsoluteLimit/5 - time.Minute)
			g = h.renew(g.RefreshToken, session.Rotated)
		}
		h.goOn(5 * time.Minute)
		h.refused(g.RefreshToken, session.Gone)
	})
}

func TestAUserWhoIsGoneHasNoSession(t *testing.T) {
	h := open(t)
	g := h.login("")
	h.users.role = ""
	h.refused(g.RefreshToken, session.Gone)
	h.served(g, false)
	h.users.role = "User"
	h.refused(g.RefreshToken, session.Gone) // it stays ended
}

func TestTheRoleIsReadAnew(t *testing.T) {
	h := open(t)
	first := h.login("")
	h.users.role = "Teacher"
	second := h.renew(first.RefreshToken, session.Rotated)
	if before, now := h.claims(first).Role, h.claims(second).Role; before != "User" || now != "Teacher" {
		t.Errorf("the role was %s and is %s", before, now)
	}
}

func TestUserServiceDownUsesNothingUp(t *testing.T) {
	h := open(t)
	first := h.login("")
	second := h.renew(first.RefreshToken, session.Rotated)
	for name, kind := range map[string]fault.Kind{"down": fault.Unavailable, "nonsense": fault.BadUpstream, "slow": fault.UpstreamTimeout} {
		h.users.down = fault.New(kind, "user-service")
		if _, outcome, err := h.Renew(t.Context(), second.RefreshToken, device); !fault.Is(err, kind) || outcome != session.Gone {
			t.Errorf("%s: outcome %s, %v", name, outcome, err)
		}
	}
	h.users.down = nil
	h.goOn(session.Grace + time.Second)
	h.renew(second.RefreshToken, session.Rotated)
	h.served(second, true)
}

func TestNoTokenIsMissingAndGarbageIsInvalid(t *testing.T) {
	h := open(t)
	if _, _, err := h.Renew(t.Context(), "", device); !fault.Is(err, fault.Unauthenticated) || err.Error() != "Authentication Token is missing!" {
		t.Errorf("no token: %v", err)
	}
	foreign := session.NewRefreshTokens([]byte("another key of thirty-two bytes!"))
	for _, raw := range []string{"garbage", "a.0.b", h.login("").AccessToken, foreign.Make("s1", 0), h.Refresh.Make("nobody", 0)} {
		h.refused(raw, session.Gone)
	}
}
