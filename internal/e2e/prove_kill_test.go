//go:build e2e

package e2e

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestProveKilledPasswordChange: a part is killed at any moment of a password change. Afterwards the change and its audit
// entry are both there or neither, and when they are, no other session is accepted.
func TestProveKilledPasswordChange(t *testing.T) {
	p := prove(t, "kill -9 at any step of a password change leaves all of it or nothing, and no old session")
	accounts, changed := scaled(2, 20), 0
	for n := range accounts {
		k := &killed{t: t, p: p, uid: signUp(t, fmt.Sprint("killed-change", n)), current: password}
		for round, part := range []string{"user-service", "auth-service", "redis"} {
			k.change(part, fmt.Sprintf("the password %d is long", round))
		}
		recorded := countActivity(t, signedIn(t, k.uid, k.current), "password")
		p.holds(t, recorded == k.changed, "%d changes, %d of them recorded", k.changed, recorded)
		changed += k.changed
	}
	p.figure = fmt.Sprintf("%d kills, %d changes came through", 3*accounts, changed)
}

// killed is an account whose password is changed while parts are killed. There are few changes to each: to find out which
// password holds costs wrong guesses.
type killed struct {
	t       *testing.T
	p       *proof
	uid     string
	current string
	changed int
}

func (k *killed) change(part, next string) {
	k.t.Helper()
	owner, other := signedIn(k.t, k.uid, k.current), signedIn(k.t, k.uid, k.current)
	killDuring(k.t, part, func() {
		owner.try("PUT", "/api/user", object{"password": next, "current_password": k.current})
	})
	wellAgain(k.t, newlySignedIn(k.t, k.uid, k.current, next))
	before, after := opens(k.t, k.uid, k.current), opens(k.t, k.uid, next)
	k.p.holds(k.t, before != after, "%s: the old password opens: %t, the new one: %t", part, before, after)
	if after {
		k.current = next
		k.changed++
		k.p.holds(k.t, ended(other), "%s: another session goes on", part)
	}
}

// killDuring kills a part while the work is under way, at a moment of the first 60 ms, and starts it again.
func killDuring(t *testing.T, part string, work func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	<-time.After(time.Duration(rand.IntN(60)) * time.Millisecond)
	if err := stack.Kill(part); err != nil {
		t.Fatal(err)
	}
	if err := stack.Start(part); err != nil {
		t.Fatal(err)
	}
	<-done
}

// newlySignedIn is a caller with either password, once the system is well again.
func newlySignedIn(t *testing.T, uid string, passwords ...string) *Client {
	t.Helper()
	c := newClient(t)
	in := func() bool {
		for _, each := range passwords {
			answer, err := c.try("POST", "/api/authenticate", credential(uid, each), fromAddress(rand.IntN(1<<16))...)
			if err == nil && answer.Status == 200 {
				return true
			}
		}
		return false
	}
	if !eventually(30*time.Second, in) {
		t.Fatal("neither password opens the account")
	}
	return c
}

func opens(t *testing.T, uid, password string) bool {
	t.Helper()
	return newClient(t).do("POST", "/api/authenticate", credential(uid, password), fromAddress(rand.IntN(1<<16))...).Status == 200
}

// ended reports whether a session is refused for good: at once by its refresh token, and its access token as soon as the
// message has reached auth-service.
func ended(c *Client) bool {
	return eventually(10*time.Second, func() bool {
		call, callErr := c.try("GET", "/api/id", nil)
		refresh, refreshErr := c.try("POST", "/api/authenticate/refresh", nil)
		return callErr == nil && refreshErr == nil && call.Status == 401 && refresh.Status == 401
	})
}

// countActivity counts the successful entries of an action in the caller's own activity.
func countActivity(t *testing.T, c *Client, action string) int {
	t.Helper()
	n := 0
	for path := "/api/activity?limit=200"; path != ""; {
		answer := c.want(200, "GET", path, nil)
		var page []struct{ Action, Outcome string }
		answer.json(t, &page)
		for _, entry := range page {
			if entry.Action == action && entry.Outcome == "success" {
				n++
			}
		}
		path = nextPage(answer.Header)
	}
	return n
}
