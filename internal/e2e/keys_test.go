//go:build e2e

package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/internal/env"
)

// rotations is how many the proof makes; `make prove` asks for more than the tests do.
func rotations(t *testing.T) int {
	t.Helper()
	var s struct {
		Rotations int `env:"PROVE_ROTATIONS" envDefault:"2"`
	}
	if err := env.Load(&s); err != nil {
		t.Fatal(err)
	}
	return s.Rotations
}

// kid names the key of the caller's access token.
func (c *Client) kid() string {
	header, _, _ := strings.Cut(c.cookie("/", "jwt"), ".")
	data, _ := base64.RawURLEncoding.DecodeString(header)
	var h struct{ Kid string }
	if err := json.Unmarshal(data, &h); err != nil {
		c.t.Errorf("the access token has no header: %v", err)
	}
	return h.Kid
}

// traffic is callers who never stop calling, until they are told to.
type traffic struct {
	*testing.T
	over    chan struct{}
	end     func() // stops all callers and waits for their last answers
	group   sync.WaitGroup
	calls   atomic.Int64
	refused atomic.Int64
	first   sync.Once // is told, the others are counted
}

func startTraffic(t *testing.T, uid string) *traffic {
	t.Helper()
	r := &traffic{T: t, over: make(chan struct{})}
	r.end = sync.OnceFunc(func() {
		close(r.over)
		r.group.Wait()
	})
	t.Cleanup(r.end)
	for range 3 {
		// One token for the whole time, whatever becomes of its key.
		r.repeat(signedIn(t, uid, password), "GET /api/id")
		// A new token each time, used the moment it is there.
		r.repeat(signedIn(t, uid, password), "POST /api/authenticate/refresh", "GET /api/id")
	}
	r.forge()
	return r
}

// repeat makes the calls in turn.
func (r *traffic) repeat(c *Client, calls ...string) {
	r.every(20*time.Millisecond, func() {
		for _, call := range calls {
			method, path, _ := strings.Cut(call, " ")
			answer, err := c.try(method, path, nil)
			r.calls.Add(1)
			if err == nil && (answer.Status == 200 || answer.Status == 204) {
				continue
			}
			r.refused.Add(1)
			r.first.Do(func() { r.Errorf("%s: %d %v %s", call, answer.Status, err, answer.Body) })
		}
	})
}

// forge sends tokens whose kids are made up, so that the fetch that an unknown kid causes is always used up.
func (r *traffic) forge() {
	c := newClient(r)
	r.every(100*time.Millisecond, func() {
		header := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"alg":"EdDSA","typ":"at+jwt","kid":%q}`, rand.Text()))
		answer, err := c.try("GET", "/api/id", nil, "Cookie", "jwt="+header+".e30.AA")
		if err != nil || answer.Status != 401 {
			r.Errorf("a made-up kid: %d %v", answer.Status, err)
		}
	})
}

func (r *traffic) every(pause time.Duration, do func()) {
	r.group.Go(func() {
		for {
			select {
			case <-r.over:
				return
			case <-time.After(pause):
				do()
			}
		}
	})
}

// goesOn waits until every caller has called again, many times over.
func (r *traffic) goesOn() {
	r.Helper()
	before := r.calls.Load()
	if !eventually(30*time.Second, func() bool { return r.calls.Load() > before+200 }) {
		r.Error("the callers have stopped")
	}
}

// Keys are rotated as often and as soon as they may be, under traffic and beside somebody who forges: no call is refused.
func TestRotatedKeysRefuseNobody(t *testing.T) {
	uid := signUp(t, "rotated")
	caller := signedIn(t, uid, password)
	calling := startTraffic(t, uid)
	seen := map[string]bool{caller.kid(): true}
	times := rotations(t)
	for n := range times {
		if err := stack.ChangeKeys("rotate-keys"); err != nil {
			t.Fatal(err)
		}
		signs := eventually(keyLead+30*time.Second, func() bool {
			caller.want(204, "POST", "/api/authenticate/refresh", nil)
			return !seen[caller.kid()]
		})
		if !signs {
			t.Fatalf("the key of rotation %d does not sign", n+1)
		}
		seen[caller.kid()] = true
		calling.goesOn()
	}
	calling.end()
	t.Logf("%d rotations under %d calls: %d were refused", times, calling.calls.Load(), calling.refused.Load())
}

// A copied token of a leaked key is refused at once, everybody else gets another token and stays signed in.
func TestDroppedKeyIsRefused(t *testing.T) {
	uid := signUp(t, "dropped")
	c := signedIn(t, uid, password)
	leaked, copied := c.kid(), "jwt="+c.cookie("/", "jwt")
	newClient(t).want(200, "GET", "/api/id", nil, "Cookie", copied)
	start := time.Now()
	if err := stack.ChangeKeys("drop-keys"); err != nil {
		t.Fatal(err)
	}
	stranger := newClient(t)
	if !eventually(10*time.Second, func() bool { return stranger.do("GET", "/api/id", nil, "Cookie", copied).Status == 401 }) {
		t.Fatal("a token of the dropped key is still accepted")
	}
	t.Logf("refused %v after the command", time.Since(start).Round(time.Millisecond))
	c.want(204, "POST", "/api/authenticate/refresh", nil)
	if c.kid() == leaked {
		t.Error("the dropped key still signs")
	}
	wellAgain(t, c)
	wellAgain(t, signedIn(t, uid, password))
	stranger.refused(401, "Invalid Authentication token!", "GET", "/api/id", nil, "Cookie", copied)
}
