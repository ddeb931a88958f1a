package revocation

import (
	"context"
	"sync/atomic"
	"time"
)

// How leases are given.
const (
	// Lease is the longest that a gateway may answer from its copy without word from Redis, and so the longest that a
	// revocation waits.
	Lease = 2 * time.Second
	// held is what a gateway itself takes for the end of its lease: a little sooner, for clocks that run at other speeds.
	held       = Lease - 50*time.Millisecond
	renewEvery = Lease / 4
)

// The pauses between two looks whether gateways have acknowledged.
const (
	ackPause    = 200 * time.Microsecond
	maxAckPause = 20 * time.Millisecond
)

// Copy is a gateway's copy of the list. It answers from memory while it holds a lease, and asks Redis otherwise.
type Copy struct {
	list  *List
	now   func() time.Time
	state atomic.Pointer[state]
	lease atomic.Pointer[lease]
}

var _ Checker = (*Copy)(nil)

// state is the list in one generation.
type state struct {
	generation string
	entries    *table
	users      *table
	applied    atomic.Uint64 // the number of the last entry
}

// lease is a grant. It is for one state: another generation needs another one.
type lease struct {
	of    *state
	until time.Time
}

// holds looks at both clocks: the monotonic one stands still while the machine is suspended, and the wall clock may be set.
func (l *lease) holds(now time.Time) bool {
	return l != nil && now.Before(l.until) && now.UnixNano() < l.until.UnixNano()
}

// Revoked implements Checker. The clock is read first: what the list holds afterwards is at least what it held then. What the
// copy refuses is refused without a lease too: entries come and do not go.
func (c *Copy) Revoked(ctx context.Context, t Token) (bool, error) {
	if l := c.lease.Load(); l.holds(c.now()) {
		return l.of.revoked(t), nil
	}
	if s := c.state.Load(); s != nil && s.generation == t.Generation && s.revoked(t) {
		return true, nil
	}
	return c.list.Revoked(ctx, t)
}

// Held reports whether the copy answers from memory at this moment.
func (c *Copy) Held() bool { return c.lease.Load().holds(c.now()) }

func (s *state) revoked(t Token) bool {
	at := t.hashed
	if at.session == 0 {
		at = hashesOf(&t)
	}
	return t.Generation != s.generation ||
		s.entries.has(at.session) || s.entries.has(at.token) || s.entries.has(at.key) ||
		uint64(t.IssuedAt.UnixMilli()) <= s.users.score(at.user)
}

// apply puts an entry in. Only one goroutine does.
func (s *state) apply(e Entry, now time.Time) {
	set, users := dropBelow(now)
	if e.kind == ofUser {
		s.users.raise(e.member, e.score, users)
	} else {
		s.entries.raise(e.member, e.score, set)
	}
}
