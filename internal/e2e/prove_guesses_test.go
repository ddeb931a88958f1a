//go:build e2e

package e2e

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fromAddress says that a proxy in front of the gateway has seen this client.
func fromAddress(n int) []string {
	return []string{"X-Forwarded-For", fmt.Sprintf("203.%d.%d.%d", n>>16&255, n>>8&255, n&255)}
}

// TestProveGuesses: somebody guesses at one account from many addresses. Few of the guesses are even looked at, and the
// owner, on a browser that is known, signs in at the first try.
func TestProveGuesses(t *testing.T) {
	p := prove(t, "A thousand guesses a minute from 500 addresses are capped, and keep no owner out")
	guesses, addresses := scaled(200, 1000), scaled(100, 500)
	uid := signUp(t, "prove-guessed")
	known, err := ask(baseURL, "POST", "/api/authenticate", credential(uid, password))
	if err != nil || known.Status != 200 {
		t.Fatal(known, err)
	}
	device := "jwt_device=" + known.given("jwt_device")
	begin := time.Now()
	var looked, refused atomic.Int64
	var group sync.WaitGroup
	for n := range guesses {
		group.Go(func() {
			answer, err := ask(baseURL, "POST", "/api/authenticate", credential(uid, fmt.Sprint("guess ", n)), fromAddress(n%addresses)...)
			switch {
			case err == nil && answer.Status == 401:
				looked.Add(1)
			case err == nil && answer.Status == 429 && answer.Header.Get("Retry-After") != "":
				refused.Add(1)
			default:
				p.holds(t, false, "guess %d: %d %s %v", n, answer.Status, answer.Body, err)
			}
		})
		if n%50 == 49 {
			group.Wait() // as fast as they come, but not all sockets of the machine
		}
	}
	group.Wait()
	allowed := int64(10 + time.Since(begin)/time.Minute + 1)
	p.holds(t, looked.Load() <= allowed, "%d guesses were looked at; want %d at most", looked.Load(), allowed)
	stranger, _ := ask(baseURL, "POST", "/api/authenticate", credential(uid, password), fromAddress(9999)...)
	p.holds(t, stranger.Status == 429, "the right guess from elsewhere: %d", stranger.Status)
	for range 5 {
		owner, err := ask(baseURL, "POST", "/api/authenticate", credential(uid, password), append(fromAddress(0), "Cookie", device)...)
		p.holds(t, err == nil && owner.Status == 200, "the owner: %d %s %v", owner.Status, owner.Body, err)
	}
	nobody := uidOf("nobody-guessed")
	for n := range 12 {
		answer, _ := ask(baseURL, "POST", "/api/authenticate", credential(nobody, "x"), fromAddress(2000+n)...)
		want := map[bool]int{true: 401, false: 429}[n < 10]
		p.holds(t, answer.Status == want, "an unknown account, guess %d: %d; want %d", n, answer.Status, want)
	}
	p.figure = fmt.Sprintf("%d of %d guesses looked at, %d refused", looked.Load(), guesses, refused.Load())
}

// TestProveFlood: a flood of sign-ins at user-service neither ends it nor leaves anybody without an answer to act on.
func TestProveFlood(t *testing.T) {
	p := prove(t, "200 parallel logins: each 200, or 503 with Retry-After; within 256 MiB")
	var uids []string
	for n := range 20 {
		uids = append(uids, signUp(t, fmt.Sprint("flood", n)))
	}
	var in, later atomic.Int64
	var group sync.WaitGroup
	for n := range 200 {
		group.Go(func() {
			answer, err := ask(baseURL, "POST", "/api/authenticate", credential(uids[n%len(uids)], password), fromAddress(5000+n)...)
			switch {
			case err == nil && answer.Status == 200:
				in.Add(1)
			case err == nil && answer.Status == 503 && answer.Header.Get("Retry-After") != "":
				later.Add(1)
			}
			ok := err == nil && (answer.Status == 200 || answer.Status == 503 && answer.Header.Get("Retry-After") != "")
			p.holds(t, ok, "%d %s %v", answer.Status, answer.Body, err)
		})
	}
	group.Wait()
	peak := "held by the container"
	if machine, ok := stack.(native); ok && long { // a build for the race detector takes a multiple
		mib := machine.peak(t, "user-service")
		p.holds(t, mib <= 256, "user-service took %d MiB", mib)
		peak = fmt.Sprintf("%d MiB at most", mib)
	}
	if box, ok := stack.(compose); ok {
		p.holds(t, !box.wasRestarted(t, "user-service"), "user-service was restarted")
	}
	p.figure = fmt.Sprintf("%d signed in, %d told to come again, %s", in.Load(), later.Load(), peak)
	wellAgain(t, signedIn(t, uids[0], password))
}
