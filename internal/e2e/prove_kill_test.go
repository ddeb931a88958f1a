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
	parts := []string{"user-service", "auth-service", "redis"}
	uid := signUp(t, "killed-change")
	current, changed := password, 0
	rounds := scaled(6, 60)
	for round := range rounds {
		next := fmt.Sprintf("the password %d is long", round)
		owner, other := signedIn(t, uid, current), signedIn(t, uid, current)
		killDuring(t, parts[round%len(parts)], func() {
			owner.try("PUT", "/api/user", object{"password": next, "current_password": current})
		})
		wellAgain(t, newlySignedIn(t, uid, current, next))
		before, after := opens(t, uid, current), opens(t, uid, next)
		p.holds(t, before != after, "round %d: the old password opens: %t, the new one: %t", round, before, after)
		if after {
			current, changed = next, changed+1
			p.holds(t, ended(other), "round %d: another session goes on", round)
		}
	}
	recorded := countActivity(t, signedIn(t, uid, current), "password")
	p.holds(t, recorded == changed, "%d changes, %d of them recorded", changed, recorded)
	p.figure = fmt.Sprintf("%d kills, %d changes came through", rounds, changed)
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
