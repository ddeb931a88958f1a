package session_test

import (
	"slices"
	"testing"
	"time"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
)

// sids are the sessions of the holder of a grant, as they are listed for it.
func (h *house) sids(g session.Grant) []string {
	h.Helper()
	all, err := h.List(h.Context(), h.caller(g))
	if err != nil {
		h.Fatal(err)
	}
	var got []string
	for _, s := range all {
		got = append(got, s.ID)
	}
	return got
}

func TestSessionsAreListed(t *testing.T) {
	h := open(t)
	first := h.login("")
	h.goOn(time.Minute)
	second := h.login("")
	h.goOn(time.Minute)
	third := h.login("")
	a, b, c := h.caller(first).SessionID, h.caller(second).SessionID, h.caller(third).SessionID
	if got, want := h.sids(third), []string{c, b, a}; !slices.Equal(got, want) {
		t.Errorf("from the last: %v; want %v", got, want)
	}
	if got, want := h.sids(second), []string{b, c, a}; !slices.Equal(got, want) {
		t.Errorf("from the second: %v; want %v", got, want)
	}
	h.goOn(time.Minute)
	h.renew(first.RefreshToken, session.Rotated)
	if got, want := h.sids(second), []string{b, a, c}; !slices.Equal(got, want) {
		t.Errorf("after a refresh of the first: %v; want %v", got, want)
	}
	all, err := h.List(h.Context(), h.caller(first))
	if err != nil || all[0].Device != device || !all[0].LastSeen.Equal(h.now()) || !all[0].CreatedAt.Equal(h.now().Add(-3*time.Minute)) {
		t.Errorf("the first is %+v, %v", all[0], err)
	}
}

func TestOneSessionIsEnded(t *testing.T) {
	h := open(t)
	mine, other := h.login(""), h.login("")
	sid := h.caller(other).SessionID
	h.goOn(time.Hour) // no proof is asked for
	if err := h.EndOne(h.Context(), h.caller(mine), sid, device); err != nil {
		t.Fatal(err)
	}
	h.took("an end", &h.diary.now, `end-session success "7" "7" map[sid:`+sid+`]`)
	h.served(other, false)
	h.refused(other.RefreshToken, session.Gone)
	h.served(mine, true)
	if err := h.EndOne(h.Context(), h.caller(mine), sid, device); !fault.Is(err, fault.NotFound) || err.Error() != "Session not found" {
		t.Errorf("a second time: %v", err)
	}
	stranger := h.caller(mine)
	stranger.Subject = "8"
	if err := h.EndOne(h.Context(), stranger, h.caller(mine).SessionID, device); !fault.Is(err, fault.NotFound) || err.Error() != "Session not found" {
		t.Errorf("of somebody else: %v", err)
	}
	h.took("refusals", &h.diary.noted, `end-session refused "7" "7" map[reason:not found]`, `end-session refused "8" "8" map[reason:not found]`)
	h.served(mine, true)
	if err := h.EndOne(h.Context(), h.caller(mine), h.caller(mine).SessionID, device); err != nil {
		t.Errorf("the one that asks: %v", err)
	}
	h.served(mine, false)
}

func TestOthersAreEnded(t *testing.T) {
	h := open(t)
	one, mine, two := h.login(""), h.login(""), h.login("")
	if err := h.EndOthers(h.Context(), h.caller(mine), device); err != nil {
		t.Fatal(err)
	}
	h.took("an end", &h.diary.now, `end-other-sessions success "7" "7" map[count:2]`)
	for _, g := range []session.Grant{one, two} {
		h.served(g, false)
		h.refused(g.RefreshToken, session.Gone)
	}
	h.served(h.renew(mine.RefreshToken, session.Rotated), true)
}

func TestAllAreEnded(t *testing.T) {
	h := open(t)
	all := []session.Grant{h.login(""), h.login(""), h.login("")}
	if err := h.EndAll(h.Context(), h.caller(all[1]), device); err != nil {
		t.Fatal(err)
	}
	h.took("an end", &h.diary.now, `end-all-sessions success "7" "7" map[count:3]`)
	for _, g := range all {
		h.served(g, false)
		h.refused(g.RefreshToken, session.Gone)
	}
	h.served(h.login(""), true) // the account itself goes on
}

func TestEndingManyNeedsAFreshProof(t *testing.T) {
	h := open(t)
	other, mine := h.login(""), h.login("")
	h.goOn(principal.FreshFor + time.Second)
	for action, end := range map[string]func() error{
		"end-other-sessions": func() error { return h.EndOthers(h.Context(), h.caller(mine), device) },
		"end-all-sessions":   func() error { return h.EndAll(h.Context(), h.caller(mine), device) },
	} {
		err := end()
		if f := fault.From(err); f.Kind != fault.Forbidden || f.Reason != "reauthentication required" || f.Message != "Please enter your password again to go on." {
			t.Errorf("%s: %v", action, err)
		}
		h.took(action, &h.diary.noted, action+` refused "7" "7" map[reason:reauthentication required]`)
	}
	h.served(other, true)
	h.served(mine, true)
	h.goOn(-2 * time.Second)
	if err := h.EndOthers(h.Context(), h.caller(mine), device); err != nil {
		t.Errorf("just in time: %v", err)
	}
}

// Nobody is told that sessions have ended while a gateway may still let them in. Who asked can ask again.
func TestEndingThatCannotRevokeFailsAndCanBeRepeated(t *testing.T) {
	h := open(t)
	other, mine := h.login(""), h.login("")
	by, sid := h.caller(mine), h.caller(other).SessionID
	ends := []func() error{
		func() error { return h.EndOne(h.Context(), by, sid, device) },
		func() error { return h.EndOthers(h.Context(), by, device) },
		func() error { return h.EndAll(h.Context(), by, device) },
	}
	h.list.fail.Store(true)
	for i, end := range ends {
		if err := end(); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%d: %v; want Unavailable", i, err)
		}
	}
	h.took("failures", &h.diary.now)
	h.list.fail.Store(false)
	h.served(mine, true)
	for i, end := range ends {
		if err := end(); err != nil {
			t.Errorf("%d again: %v", i, err)
		}
	}
	h.served(other, false)
	h.served(mine, false)
	h.redis.Stop()
	ends = append(ends, func() error { _, err := h.List(h.Context(), by); return err })
	for i, end := range ends {
		if err := end(); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%d without Redis: %v; want Unavailable", i, err)
		}
	}
}

func TestCaller(t *testing.T) {
	h := open(t)
	g := h.login("")
	by, err := h.Caller(t.Context(), g.AccessToken)
	if err != nil || by != h.caller(g) {
		t.Errorf("%+v, %v; want %+v", by, err, h.caller(g))
	}
	if _, err := h.Logout(t.Context(), g.AccessToken, "", device); err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]string{
		"": "Authentication Token is missing!", "garbage": "Invalid Authentication token!", g.AccessToken: "Invalid Authentication token!",
	} {
		if _, err := h.Caller(t.Context(), raw); !fault.Is(err, fault.Unauthenticated) || fault.From(err).Message != want {
			t.Errorf("%q: %v; want %s", raw, err, want)
		}
	}
	h.redis.Stop()
	if _, err := h.Caller(t.Context(), g.AccessToken); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without Redis: %v; want Unavailable", err)
	}
}
