// Package sessiontest is the contract of session.Store, to be run over every implementation of it.
package sessiontest

import (
	"sync"
	"testing"
	"time"

	"gatehouse/auth-service/internal/session"
)

// Store checks that the stores that open gives keep the contract. Each is empty at first.
func Store(t *testing.T, open func(*testing.T) session.Store) {
	for name, check := range map[string]func(contract){
		"a session that is not there is gone":  gone,
		"the current counter is rotated":       rotated,
		"one that was overtaken is repeated":   overtaken,
		"within the grace it is repeated":      repeated,
		"an older one is reused":               reused,
		"one from the future is gone":          future,
		"it ends when idle":                    idle,
		"it ends in any case":                  absolute,
		"it is ended":                          end,
		"sessions are apart":                   apart,
		"many at once rotate it once":          atOnce,
		"its epoch goes up and never down":     epochs,
		"one of an epoch that is over":         outdated,
		"none slips through a change of epoch": slipping,
		"a proof counts while there is one":    proved,
		"a user has sessions":                  ofUser,
	} {
		t.Run(name, func(t *testing.T) { check(contract{t, open(t)}) })
	}
}

type contract struct {
	*testing.T
	store session.Store
}

// begun is when the sessions of these tests begin.
var begun = time.UnixMilli(1_800_000_000_123)

func at(after time.Duration) time.Time { return begun.Add(after) }

func (c contract) create(sid string) session.Session {
	c.Helper()
	s := begin(sid)
	c.put(s, true)
	return s
}

func begin(sid string) session.Session {
	return session.Session{
		ID: sid, Subject: "subject of " + sid, Epoch: 3, CreatedAt: begun, LastSeen: begun, AuthTime: begun.Add(-time.Minute),
		Device: session.Device{Address: "2001:db8::1", UserAgent: "Agent \"7\"\r\n\x00é\xff"},
	}
}

// put creates a session and checks whether it is let in.
func (c contract) put(s session.Session, want bool) {
	c.Helper()
	if admitted, err := c.store.Create(c.Context(), s); err != nil || admitted != want {
		c.Fatalf("%s in epoch %d is let in: %v, %v; want %v", s.ID, s.Epoch, admitted, err, want)
	}
}

// rotate offers a counter and checks what becomes of it.
func (c contract) rotate(sid string, counter uint64, after time.Duration, outcome session.Outcome, current uint64) session.Session {
	c.Helper()
	s, got, what, err := c.store.Rotate(c.Context(), sid, counter, 3, at(after))
	if err != nil || what != outcome || got != current {
		c.Fatalf("counter %d after %v: outcome %s, counter %d, %v; want %s and %d", counter, after, what, got, err, outcome, current)
	}
	if empty := s == (session.Session{}); empty != (outcome == session.Gone || outcome == session.Reused) {
		c.Fatalf("outcome %s comes with the session %+v", what, s)
	}
	return s
}

// subject checks whose session there is; empty: none.
func (c contract) subject(sid, want string) {
	c.Helper()
	got, err := c.store.Find(c.Context(), sid)
	if err != nil || got.Subject != want || (got == session.Session{}) != (want == "") {
		c.Fatalf("%s is %+v, %v; want it of %q", sid, got, err, want)
	}
}

func (c contract) same(got, want session.Session) {
	c.Helper()
	if !got.CreatedAt.Equal(want.CreatedAt) || !got.LastSeen.Equal(want.LastSeen) || !got.AuthTime.Equal(want.AuthTime) ||
		got.ID != want.ID || got.Subject != want.Subject || got.Epoch != want.Epoch || got.Device != want.Device {
		c.Errorf("the session is %+v; want %+v", got, want)
	}
}

func gone(c contract) {
	c.subject("nobody", "")
	c.rotate("nobody", 0, 0, session.Gone, 0)
	c.subject("nobody", "") // asking makes none
	if err := c.store.End(c.Context(), "nobody"); err != nil {
		c.Errorf("the end of none: %v", err)
	}
}

func rotated(c contract) {
	want := c.create("s1")
	found, err := c.store.Find(c.Context(), "s1")
	if err != nil {
		c.Fatal(err)
	}
	c.same(found, want)
	for n := range uint64(5) {
		after := time.Duration(n) * time.Hour
		want.LastSeen = at(after)
		c.same(c.rotate("s1", n, after, session.Rotated, n+1), want)
	}
}

func repeated(c contract) {
	want := c.create("s1")
	want.LastSeen = at(time.Hour)
	c.rotate("s1", 0, time.Hour, session.Rotated, 1)
	for _, after := range []time.Duration{0, time.Second, session.Grace} {
		c.same(c.rotate("s1", 0, time.Hour+after, session.Repeated, 1), want)
	}
	c.rotate("s1", 1, time.Hour+session.Grace, session.Rotated, 2) // the successor is as good as ever
}

// overtaken: a request that was on its way while its counter was rotated more than once is no copy.
func overtaken(c contract) {
	c.create("s1")
	for n := range uint64(20) {
		c.rotate("s1", n, time.Duration(n)*100*time.Millisecond, session.Rotated, n+1)
	}
	for n := range uint64(20) {
		c.rotate("s1", n, 2*time.Second, session.Repeated, 20)
	}
	c.rotate("s1", 1, session.Grace+100*time.Millisecond, session.Repeated, 20)
	c.rotate("s1", 20, session.Grace+101*time.Millisecond, session.Rotated, 21)
	c.rotate("s1", 0, session.Grace+101*time.Millisecond, session.Reused, 0)
}

func reused(c contract) {
	for name, offer := range map[string]struct {
		counter uint64
		after   time.Duration
	}{
		"the predecessor after the grace":   {1, session.Grace + time.Millisecond},
		"the one before it after the grace": {0, session.Grace + time.Millisecond},
	} {
		c.create(name)
		c.rotate(name, 0, 0, session.Rotated, 1)
		c.rotate(name, 1, 0, session.Rotated, 2)
		c.rotate(name, offer.counter, offer.after, session.Reused, 0)
		// Until it is ended it says so to everyone, for whoever could not revoke it at the first time.
		for counter := range uint64(4) {
			c.rotate(name, counter, offer.after, session.Reused, 0)
		}
		c.subject(name, "subject of "+name)
		if err := c.store.End(c.Context(), name); err != nil {
			c.Fatal(err)
		}
		c.rotate(name, 2, offer.after, session.Gone, 0)
	}
}

// A counter that the store never gave out means that the store lost its last writes.
func future(c contract) {
	c.create("s1")
	c.rotate("s1", 1, 0, session.Gone, 0)
	c.rotate("s1", 1<<62, 0, session.Gone, 0)
}

func idle(c contract) {
	c.create("s1")
	c.rotate("s1", 0, session.IdleLimit-time.Millisecond, session.Rotated, 1)
	c.rotate("s1", 1, 2*session.IdleLimit-time.Millisecond, session.Gone, 0)
	c.subject("s1", "")
}

func absolute(c contract) {
	c.create("s1")
	step, n := session.IdleLimit-time.Hour, uint64(0)
	for after := step; after < session.AbsoluteLimit; after += step {
		c.rotate("s1", n, after, session.Rotated, n+1)
		n++
	}
	c.rotate("s1", n, session.AbsoluteLimit-time.Millisecond, session.Rotated, n+1)
	c.rotate("s1", n+1, session.AbsoluteLimit, session.Gone, 0)
	c.subject("s1", "")
}

func end(c contract) {
	c.create("s1")
	for range 2 {
		if err := c.store.End(c.Context(), "s1"); err != nil {
			c.Fatal(err)
		}
		c.subject("s1", "")
		c.rotate("s1", 0, 0, session.Gone, 0)
	}
}

func apart(c contract) {
	c.create("s1")
	c.create("s10")
	c.rotate("s1", 0, 0, session.Rotated, 1)
	if err := c.store.End(c.Context(), "s1"); err != nil {
		c.Fatal(err)
	}
	c.subject("s10", "subject of s10")
	c.rotate("s10", 0, 0, session.Rotated, 1)
}

func atOnce(c contract) {
	c.create("s1")
	outcomes := make(chan session.Outcome, 20)
	var group sync.WaitGroup
	for range cap(outcomes) {
		group.Go(func() {
			_, counter, outcome, err := c.store.Rotate(c.Context(), "s1", 0, 3, at(time.Second))
			if err != nil || counter != 1 {
				c.Errorf("counter %d, %v; want 1", counter, err)
			}
			outcomes <- outcome
		})
	}
	group.Wait()
	close(outcomes)
	count := map[session.Outcome]int{}
	for outcome := range outcomes {
		count[outcome]++
	}
	if count[session.Rotated] != 1 || count[session.Repeated] != cap(outcomes)-1 {
		c.Errorf("the outcomes are %v; want one Rotated, the others Repeated", count)
	}
}
