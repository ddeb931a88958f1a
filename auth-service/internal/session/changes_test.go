package session_test

import (
	"errors"
	"testing"
	"time"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
)

func TestANewPasswordEndsAllSessionsButTheOneThatIsKept(t *testing.T) {
	h := open(t)
	other, kept := h.login(""), h.login("")
	change := h.users.change(h.caller(kept).SessionID)
	h.apply(change)
	h.served(other, false)
	h.refused(other.RefreshToken, session.Gone)
	h.served(kept, true)
	later := h.login("")
	h.apply(change) // as told again
	h.served(later, true)
	h.served(kept, true)
	kept = h.renew(kept.RefreshToken, session.Rotated)
	h.renew(later.RefreshToken, session.Rotated)

	// The next change keeps another, and the one that was kept before has no privilege any more.
	h.apply(h.users.change(h.caller(later).SessionID))
	h.served(kept, false)
	h.refused(kept.RefreshToken, session.Gone)
	h.served(later, true)
}

// The session that is kept is of the old epoch until it refreshes. Once it has, it needs the privilege no more.
func TestTheSessionThatIsKeptMovesUp(t *testing.T) {
	h := open(t)
	g := h.login("")
	h.apply(h.users.change(h.caller(g).SessionID))
	g = h.renew(g.RefreshToken, session.Rotated)
	h.users.kept = ""
	h.renew(g.RefreshToken, session.Rotated)
}

// While the message is late, the row alone decides: an old session has no future, and its end is real.
func TestAnOldSessionCannotRefreshBeforeTheMessageComes(t *testing.T) {
	h := open(t)
	old, kept := h.login(""), h.login("")
	change := h.users.change(h.caller(kept).SessionID)
	h.refused(old.RefreshToken, session.Gone)
	h.served(old, false)
	h.renew(kept.RefreshToken, session.Rotated)
	h.apply(change)
	h.served(kept, true)
}

// The password was right when it was asked for, and is not when the session begins.
func TestALoginThatTheChangeOvertakes(t *testing.T) {
	h := open(t)
	h.users.asked = func() { h.apply(h.users.change("")) }
	g, err := h.Login(h.Context(), userapi.Credential{UID: "alice", Password: "right"}, device, session.Had{})
	if !fault.Is(err, fault.Unauthenticated) || err.Error() != "Invalid user id or password" || g != (session.Grant{}) {
		t.Errorf("%+v, %v; want a refusal as of a wrong credential", g, err)
	}
	if left, err := h.redis.Client().Keys(t.Context(), "{session:*").Result(); err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	h.users.asked = nil
	h.served(h.login(""), true)
}

func TestARefreshThatTheChangeOvertakes(t *testing.T) {
	h := open(t)
	g := h.login("")
	h.users.asked = func() { h.apply(h.users.change("")) }
	h.refused(g.RefreshToken, session.Gone)
	h.served(g, false)
}

func TestANewRoleNeedsANewToken(t *testing.T) {
	h := open(t)
	g := h.login("")
	h.users.role = "Admin"
	h.apply(authapi.Change{Subject: "7", Kind: authapi.Role})
	h.served(g, false)
	h.goOn(2 * time.Millisecond)
	g = h.renew(g.RefreshToken, session.Rotated)
	h.served(g, true)
	if role := h.claims(g).Role; role != "Admin" {
		t.Errorf("the role is %s", role)
	}
}

func TestAClosedAccountHasNoSession(t *testing.T) {
	for name, epoch := range map[string]int64{"disabled, in a new epoch": 2, "deleted": 0} {
		h := open(t)
		one, two := h.login(""), h.login("")
		h.apply(authapi.Change{Subject: "7", Kind: authapi.Closed, Epoch: epoch})
		for _, g := range []session.Grant{one, two} {
			h.served(g, false)
			h.refused(g.RefreshToken, session.Gone)
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// An account that is enabled again keeps its new sessions when the message of its disabling comes once more.
func TestAClosingThatComesAgainSparesNewerSessions(t *testing.T) {
	h := open(t)
	h.login("")
	h.users.epoch = 2
	closed := authapi.Change{Subject: "7", Kind: authapi.Closed, Epoch: 2}
	h.apply(closed)
	h.goOn(time.Second)
	g := h.login("")
	h.apply(closed)
	h.goOn(time.Second)
	h.served(h.renew(g.RefreshToken, session.Rotated), true)
}

func TestChangesOfOthersConcernNobody(t *testing.T) {
	h := open(t)
	g := h.login("")
	for _, kind := range []authapi.Kind{authapi.Credential, authapi.Role, authapi.Closed} {
		h.apply(authapi.Change{Subject: "77", Kind: kind, Epoch: 9})
	}
	h.served(h.renew(g.RefreshToken, session.Rotated), true)
}

func TestNoticesAreSentOnce(t *testing.T) {
	h := open(t)
	g := h.login("")
	one, two := authapi.Notice{Kind: authapi.NoticePasswordChanged, To: "a@example.org"}, authapi.Notice{Kind: authapi.NoticeEmailChanged, To: "b@example.org"}
	first := h.users.change("")
	first.Notices = []authapi.Notice{one}
	changes := []authapi.Change{first, {Subject: "7", Kind: authapi.NoticeOnly, Notices: []authapi.Notice{two}}}
	h.list.fail.Store(true)
	if err := h.Apply(h.Context(), changes); !fault.Is(err, fault.Unavailable) || len(h.diary.notices) != 0 {
		t.Errorf("while nothing can be revoked: %v, %v", err, h.diary.notices)
	}
	h.list.fail.Store(false)
	h.apply(changes...)
	h.served(g, false)
	if len(h.diary.notices) != 2 || h.diary.notices[0].To != one.To || h.diary.notices[1].To != two.To {
		t.Errorf("the notices are %v", h.diary.notices)
	}
	h.diary.fail = errors.New("no queue")
	if err := h.Apply(h.Context(), changes); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without a queue: %v", err)
	}
}

func TestAnUnknownKindIsRefused(t *testing.T) {
	h := open(t)
	if err := h.Apply(h.Context(), []authapi.Change{{Subject: "7", Kind: "unheard-of"}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v; want Invalid", err)
	}
}

func TestRedisDownAppliesNothing(t *testing.T) {
	h := open(t)
	h.redis.Stop()
	for _, kind := range []authapi.Kind{authapi.Credential, authapi.Role, authapi.Closed} {
		if err := h.Apply(h.Context(), []authapi.Change{{Subject: "7", Kind: kind, Epoch: 2}}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v; want Unavailable", kind, err)
		}
	}
}
