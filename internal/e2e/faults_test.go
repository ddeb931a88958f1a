//go:build e2e

package e2e

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// without runs the check while a part is stopped, and starts it again whatever happens.
func without(t *testing.T, part string, check func()) {
	t.Helper()
	if err := stack.Stop(part); err != nil {
		t.Fatal(err)
	}
	started := false
	start := func() {
		if started {
			return
		}
		started = true
		if err := stack.Start(part); err != nil {
			t.Fatal(err)
		}
	}
	defer start()
	check()
	start()
}

// wellAgain waits until the caller's session works, and until people can sign in at once: after an outage go-redis opens
// connections beyond those it has only when a try of its own, once a second, went well.
func wellAgain(t *testing.T, c *Client) {
	t.Helper()
	ok := eventually(30*time.Second, func() bool {
		answer, err := c.try("GET", "/api/id", nil)
		return err == nil && answer.Status == 200 && strangersAreAnswered(t)
	})
	if !ok {
		t.Error("the system did not get well by itself")
	}
}

// strangersAreAnswered reports whether some who sign in at the same time are told anything but to come again.
func strangersAreAnswered(t *testing.T) bool {
	const strangers = 4
	var group sync.WaitGroup
	var answered atomic.Int32
	for range strangers {
		stranger := newClient(t)
		group.Go(func() {
			answer, err := stranger.try("POST", "/api/authenticate", credential(uidOf("nobody"), password))
			if err == nil && answer.Status != 503 {
				answered.Add(1)
			}
		})
	}
	group.Wait()
	return answered.Load() == strangers
}

// down makes a call that must be refused for now: 503, when to come again, and cookies kept.
func down(t *testing.T, c *Client, method, path string, body any) {
	t.Helper()
	answer := c.want(503, method, path, body)
	if answer.Header.Get("Retry-After") == "" || answer.Header.Get("Set-Cookie") != "" {
		t.Errorf("%s %s: headers %v", method, path, answer.Header)
	}
}

func TestRedisStopped(t *testing.T) {
	uid := signUp(t, "noredis")
	c := signedIn(t, uid, password)
	without(t, "redis", func() {
		leaseOver := func() bool { return c.do("GET", "/api/id", nil).Status == 503 }
		if !eventually(4*time.Second, leaseOver) {
			t.Error("a lease outlives its time")
		}
		down(t, c, "GET", "/api/id", nil)
		down(t, c, "DELETE", "/api/authenticate", nil)
		down(t, c, "POST", "/api/authenticate/refresh", nil)
		down(t, newClient(t), "POST", "/api/authenticate", credential(uid, password))
		c.want(200, "GET", "/", nil)
		c.want(200, "GET", "/.well-known/jwks.json", nil)
	})
	wellAgain(t, c)
}

func TestPostgresStopped(t *testing.T) {
	uid, late := signUp(t, "nopostgres"), uidOf("late")
	c := signedIn(t, uid, password)
	signUpLate := object{"name": "Late", "uid": late, "password": password}
	without(t, "postgres", func() {
		down(t, c, "GET", "/api/id", nil)
		down(t, newClient(t), "POST", "/api/user", signUpLate)
		down(t, newClient(t), "POST", "/api/authenticate", credential(uid, password))
		down(t, c, "POST", "/api/authenticate/refresh", nil)
		c.want(200, "GET", "/", nil)
	})
	wellAgain(t, c)
	newClient(t).refused(401, "Invalid user id or password", "POST", "/api/authenticate", credential(late, password))
	newClient(t).want(200, "POST", "/api/user", signUpLate)
	c.want(204, "POST", "/api/authenticate/refresh", nil)
}

func TestAuthServiceStopped(t *testing.T) {
	uid := signUp(t, "noauth")
	c := signedIn(t, uid, password)
	without(t, "auth-service", func() {
		c.want(200, "GET", "/api/id", nil)
		down(t, c, "DELETE", "/api/authenticate", nil)
		down(t, newClient(t), "POST", "/api/authenticate", credential(uid, password))
		c.want(200, "GET", "/", nil)
	})
	wellAgain(t, c)
	eventually(10*time.Second, func() bool { return c.do("POST", "/api/authenticate/refresh", nil).Status == 204 })
	c.want(200, "DELETE", "/api/authenticate", nil)
}

func TestUserServiceStopped(t *testing.T) {
	uid := signUp(t, "nouser")
	c := signedIn(t, uid, password)
	without(t, "user-service", func() {
		down(t, c, "GET", "/api/id", nil)
		down(t, newClient(t), "POST", "/api/authenticate", credential(uid, password))
		down(t, c, "POST", "/api/authenticate/refresh", nil)
		c.want(200, "GET", "/", nil)
	})
	wellAgain(t, c)
	c.want(200, "DELETE", "/api/authenticate", nil)
}

func TestSessionsOutliveAKilledRedis(t *testing.T) {
	uid := signUp(t, "killed")
	c := signedIn(t, uid, password)
	gone := signedIn(t, uid, password)
	copied := "jwt=" + gone.cookie("/", "jwt")
	gone.want(200, "DELETE", "/api/authenticate", nil)
	if err := stack.Kill("redis"); err != nil {
		t.Fatal(err)
	}
	if err := stack.Start("redis"); err != nil {
		t.Fatal(err)
	}
	wellAgain(t, c)
	newClient(t).refused(401, "Invalid Authentication token!", "GET", "/api/id", nil, "Cookie", copied)
}

func TestEverythingRestarted(t *testing.T) {
	uid := signUp(t, "restart")
	c := signedIn(t, uid, password)
	parts := []string{"gateway", "user-service", "auth-service", "redis", "postgres"}
	for _, part := range parts {
		if err := stack.Stop(part); err != nil {
			t.Fatal(err)
		}
	}
	for i := range parts {
		if err := stack.Start(parts[len(parts)-1-i]); err != nil {
			t.Fatal(err)
		}
	}
	if !eventually(30*time.Second, answers) {
		t.Fatal("the gateway does not answer")
	}
	wellAgain(t, c)
	signedIn(t, uid, password)
}
