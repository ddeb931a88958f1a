package session_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
)

// attempt tries a credential from an address with the device cookie.
func (h *house) attempt(uid, password, address, cookie string) (session.Grant, error) {
	return h.Login(h.Context(), userapi.Credential{UID: uid, Password: password},
		session.Device{Address: address, UserAgent: "Browser/1"}, session.Had{DeviceCookie: cookie})
}

func (h *house) wrong(uid, address, cookie string) {
	h.Helper()
	if _, err := h.attempt(uid, "wrong", address, cookie); !fault.Is(err, fault.Unauthenticated) {
		h.Fatalf("%s from %s: %v; want a wrong credential", uid, address, err)
	}
}

// throttled checks that an attempt is refused for so long, and that nobody was asked about it.
func (h *house) throttled(wait time.Duration, uid, password, address, cookie string) {
	h.Helper()
	before := h.users.tried.Load()
	g, err := h.attempt(uid, password, address, cookie)
	if f := fault.From(err); f.Kind != fault.TooManyRequests || f.RetryAfter != wait || g != (session.Grant{}) {
		h.Fatalf("%s from %s: %+v, %v for %v; want to wait for %v", uid, address, g, err, f.RetryAfter, wait)
	}
	if h.users.tried.Load() != before {
		h.Fatal("user-service was asked")
	}
}

func address(n int) string { return fmt.Sprintf("192.0.%d.%d", n/250, n%250) }

func TestGuessesAtOneAccountAreLimited(t *testing.T) {
	for _, uid := range []string{"alice", "nobody"} { // alike, whether or not there is such an account
		h := open(t)
		for n := range 10 {
			h.wrong(uid, address(n), "")
		}
		h.throttled(time.Minute, uid, "wrong", "198.51.100.1", "")
		h.throttled(time.Minute, strings.ToUpper(uid), "right", "198.51.100.2", "")
		h.goOn(time.Minute)
		h.wrong(uid, "198.51.100.3", "")
		h.throttled(time.Minute, uid, "right", "198.51.100.3", "")
		h.wrong("bob", "198.51.100.3", "")
	}
}

func TestGuessesFromOneAddressAreLimited(t *testing.T) {
	h := open(t)
	for n := range 100 {
		h.wrong(fmt.Sprint("user", n), fmt.Sprintf("2001:db8:0:1::%d", n), "") // one /64
	}
	h.throttled(2*time.Second, "alice", "right", "2001:db8:0:1:ffff::", "")
	h.wrong("another", "2001:db8:0:2::1", "")
	h.goOn(2 * time.Second)
	if _, err := h.attempt("alice", "right", "2001:db8:0:1::", ""); err != nil {
		t.Error(err) // what was refused for the address had not been charged to the account
	}
}

func TestGuessesOfAllTogetherAreLimited(t *testing.T) {
	h := open(t)
	for n := range 1000 {
		h.wrong(fmt.Sprint("user", n), address(n), "")
	}
	h.throttled(50*time.Millisecond, "another", "wrong", "198.51.100.1", "")
	h.goOn(50 * time.Millisecond)
	h.wrong("another", "198.51.100.1", "")
}

// A thousand guesses a minute from everywhere: ten of them count, and the owner, on a browser that is known, is in at
// the first try.
func TestTheOwnerIsNotKeptOut(t *testing.T) {
	h := open(t)
	cookie := h.login("").DeviceCookie
	before := h.users.tried.Load()
	for n := range 1000 {
		h.goOn(60 * time.Millisecond)
		if _, err := h.attempt("alice", "wrong", address(n%500), ""); err == nil {
			t.Fatal("a wrong password signs in")
		}
	}
	if n := h.users.tried.Load() - before; n != 10 {
		t.Errorf("%d guesses were looked at; want 10", n)
	}
	if g, err := h.attempt("alice", "right", address(1), cookie); err != nil || g.NewDevice {
		t.Errorf("the owner: %+v, %v", g, err)
	}
}

func TestAKnownBrowserHasABudgetOfItsOwn(t *testing.T) {
	h := open(t)
	cookie, other := h.login("").DeviceCookie, h.login("").DeviceCookie
	for range 10 {
		h.wrong("alice", "192.0.2.7", cookie)
	}
	h.throttled(30*time.Second, "Alice", "right", "192.0.2.8", cookie)
	h.wrong("alice", "192.0.2.7", other)
	h.wrong("alice", "192.0.2.7", "")
	h.goOn(30 * time.Second)
	if _, err := h.attempt("alice", "right", "192.0.2.7", cookie); err != nil {
		t.Error(err)
	}
	for n := range 10 { // for another account it is a browser like any
		h.wrong("bob", address(n), cookie)
	}
	h.throttled(time.Minute, "bob", "wrong", "198.51.100.1", cookie)
}

func TestSuccessAndOutageCostNothing(t *testing.T) {
	h := open(t)
	for range 30 {
		h.login("")
	}
	h.users.down = fault.Down("user-service", nil)
	for range 30 {
		if _, err := h.attempt("alice", "right", "192.0.2.7", ""); !fault.Is(err, fault.Unavailable) {
			t.Fatal(err)
		}
	}
	h.users.down = nil
	for range 10 {
		h.wrong("alice", "192.0.2.7", "")
	}
	h.throttled(time.Minute, "alice", "right", "192.0.2.7", "")
}

func TestAThrottledLoginEndsNothing(t *testing.T) {
	h := open(t)
	before := h.login("")
	for range 10 {
		h.wrong("alice", "192.0.2.7", "")
	}
	_, err := h.Login(t.Context(), userapi.Credential{UID: "alice", Password: "right"}, device, session.Had{RefreshToken: before.RefreshToken})
	if !fault.Is(err, fault.TooManyRequests) {
		t.Fatal(err)
	}
	h.served(before, true)
	h.renew(before.RefreshToken, session.Rotated)
}

// A password in the field of the uid must not be found in Redis.
func TestWhatWasTypedIsNotKept(t *testing.T) {
	h := open(t)
	h.wrong("s3cret", "192.0.2.7", "")
	keys, err := h.redis.Client().Keys(t.Context(), "{throttle:*").Result()
	if err != nil || len(keys) != 3 || strings.Contains(fmt.Sprint(keys), "s3cret") {
		t.Errorf("%v, %v", keys, err)
	}
}

func TestABrowserIsNewOnce(t *testing.T) {
	h := open(t)
	first := h.login("")
	second, err := h.attempt("alice", "right", "192.0.2.7", first.DeviceCookie)
	if err != nil || !first.NewDevice || second.NewDevice || second.DeviceCookie != first.DeviceCookie {
		t.Errorf("%+v, then %+v, %v", first, second, err)
	}
	if g := h.renew(second.RefreshToken, session.Rotated); g.DeviceCookie != "" || g.NewDevice {
		t.Errorf("a refresh gives %+v", g)
	}
	if g, err := h.attempt("alice", "right", "192.0.2.7", first.DeviceCookie+"x"); err != nil || !g.NewDevice {
		t.Errorf("with a cookie that is none of ours: %+v, %v", g, err)
	}
}
