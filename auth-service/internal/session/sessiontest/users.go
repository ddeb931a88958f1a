package sessiontest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"gatehouse/auth-service/internal/session"
)

// of checks which sessions a user has after the time given.
func (c contract) of(subject string, after time.Duration, want ...string) {
	c.Helper()
	all, err := c.store.Of(c.Context(), subject, at(after))
	if err != nil {
		c.Fatal(err)
	}
	if got := sids(all); !slices.Equal(got, want) {
		c.Fatalf("after %v %s has %v; want %v", after, subject, got, want)
	}
}

func sids(all []session.Session) []string {
	var got []string
	for _, s := range all {
		got = append(got, s.ID)
	}
	slices.Sort(got)
	return got
}

func (c contract) outdate(subject string, epoch int64) {
	c.Helper()
	if err := c.store.Outdate(c.Context(), subject, epoch); err != nil {
		c.Fatal(err)
	}
}

func (c contract) end(sid string) {
	c.Helper()
	if err := c.store.End(c.Context(), sid); err != nil {
		c.Fatal(err)
	}
}

func epochs(c contract) {
	c.create("s1")
	for counter, each := range []struct{ offered, want int64 }{{3, 3}, {2, 3}, {5, 5}, {4, 5}} {
		s, _, outcome, err := c.store.Rotate(c.Context(), "s1", uint64(counter), each.offered, begun)
		if err != nil || outcome != session.Rotated || s.Epoch != each.want {
			c.Errorf("after a refresh in epoch %d: %+v, %s, %v; want %d", each.offered, s, outcome, err, each.want)
		}
	}
	// A second refresh at once may have learnt of a newer one.
	s, _, outcome, err := c.store.Rotate(c.Context(), "s1", 3, 7, begun)
	if err != nil || outcome != session.Repeated || s.Epoch != 7 {
		c.Errorf("after a repeated refresh in epoch 7: %+v, %s, %v", s, outcome, err)
	}
	if found, err := c.store.Find(c.Context(), "s1"); err != nil || found.Epoch != 7 {
		c.Errorf("it is kept as %+v, %v", found, err)
	}
}

func outdated(c contract) {
	before := c.create("before")
	late := before
	late.ID = "late"
	c.outdate(before.Subject, 4)
	c.put(late, false)
	c.subject("late", "")
	c.of(before.Subject, 0, "before") // which is for the caller to end
	late.Epoch = 4
	c.put(late, true)
	c.outdate(before.Subject, 2) // a message that comes late
	early := before
	early.ID = "early"
	c.put(early, false)
	c.of(before.Subject, 0, "before", "late")
	other := c.create("other") // of somebody else
	c.of(other.Subject, 0, "other")
}

// However the two meet, a session that was let in can be found after Outdate.
func slipping(c contract) {
	for round := range 50 {
		subject := fmt.Sprint("subject ", round)
		var admitted [8]bool
		var group sync.WaitGroup
		for i := range admitted {
			group.Go(func() {
				s := begin(fmt.Sprint(round, "-", i))
				s.Subject = subject
				var err error
				if admitted[i], err = c.store.Create(c.Context(), s); err != nil {
					c.Error(err)
				}
			})
		}
		c.outdate(subject, 4)
		found, err := c.store.Of(c.Context(), subject, begun)
		if err != nil {
			c.Fatal(err)
		}
		group.Wait()
		for i, in := range admitted {
			if sid := fmt.Sprint(round, "-", i); in != slices.Contains(sids(found), sid) {
				c.Errorf("%s was let in: %v; found were %v", sid, in, sids(found))
			}
		}
	}
}

func proved(c contract) {
	want := c.create("s1")
	prove := func(sid string, after time.Duration) session.Session {
		c.Helper()
		s, err := c.store.Prove(c.Context(), sid, at(after))
		if err != nil {
			c.Fatal(err)
		}
		return s
	}
	want.AuthTime = at(time.Hour)
	c.same(prove("s1", time.Hour), want)
	c.same(prove("s1", time.Minute), want) // of two proofs at once the earlier may come last
	want.LastSeen = at(2 * time.Hour)
	c.same(c.rotate("s1", 0, 2*time.Hour, session.Rotated, 1), want)
	c.rotate("s1", 1, 2*time.Hour, session.Rotated, 2)
	c.rotate("s1", 0, 2*time.Hour+session.Grace+time.Millisecond, session.Reused, 0)
	for _, sid := range []string{"s1", "nobody"} {
		if s := prove(sid, 3*time.Hour); s != (session.Session{}) {
			c.Errorf("%s is proved: %+v", sid, s)
		}
	}
	c.end("s1")
	prove("s1", 3*time.Hour)
	c.subject("s1", "") // a proof makes no session
}

func ofUser(c contract) {
	c.of("nobody", 0)
	names := make([]string, 250)
	for i := range names {
		names[i] = fmt.Sprintf("s%03d", i)
		s := begin(names[i])
		s.Subject, s.CreatedAt, s.LastSeen = "alice", at(time.Duration(i)), at(time.Duration(i))
		c.put(s, true)
	}
	c.create("of another")
	c.of("alice", time.Second, names...)
	for _, ended := range names[3:] {
		c.end(ended)
	}
	names = names[:3]
	c.of("alice", time.Second, names...)
	// One that is used outlives the others, until the absolute limit.
	c.rotate("s001", 0, session.IdleLimit-time.Hour, session.Rotated, 1)
	c.of("alice", session.IdleLimit-time.Second, names...)
	c.of("alice", session.IdleLimit+time.Second, "s001")
	for n, step := uint64(1), session.IdleLimit-time.Hour; n < 4; n++ {
		c.rotate("s001", n, time.Duration(n+1)*step, session.Rotated, n+1)
	}
	c.rotate("s001", 4, session.AbsoluteLimit-time.Hour, session.Rotated, 5)
	c.of("alice", session.AbsoluteLimit-time.Second, "s001")
	c.of("alice", session.AbsoluteLimit+time.Second)
	all, err := c.store.Of(c.Context(), "alice", at(session.AbsoluteLimit-time.Second))
	if err != nil || len(all) != 1 || !all[0].LastSeen.Equal(at(session.AbsoluteLimit-time.Hour)) || all[0].Device != begin("").Device {
		c.Errorf("the one is %+v, %v", all, err)
	}
}
