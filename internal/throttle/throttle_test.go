package throttle_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gatehouse/internal/fault"
	"gatehouse/internal/redistest"
	"gatehouse/internal/throttle"
)

// gate is a throttle on a real Redis with a clock of the test's own.
type gate struct {
	*testing.T
	*throttle.Throttle
	redis *redistest.Server
	ms    atomic.Int64
}

func open(t *testing.T) *gate {
	t.Helper()
	g := &gate{T: t, redis: redistest.Start(t)}
	g.ms.Store(time.Now().UnixMilli())
	g.Throttle = throttle.New(g.redis.Client(), func() time.Time { return time.UnixMilli(g.ms.Load()) })
	return g
}

func (g *gate) goOn(by time.Duration) { g.ms.Add(by.Milliseconds()) }

var three = throttle.Limit{Name: "three", Burst: 3, Every: 10 * time.Second}

func of(l throttle.Limit, key string) throttle.Charge { return throttle.Charge{Limit: l, Key: key} }

func (g *gate) passes(charges ...throttle.Charge) throttle.Ticket {
	g.Helper()
	ticket, err := g.Take(g.Context(), charges...)
	if err != nil {
		g.Fatalf("%v: %v", charges, err)
	}
	return ticket
}

// waits checks that an attempt is refused, and for how long.
func (g *gate) waits(want time.Duration, charges ...throttle.Charge) {
	g.Helper()
	_, err := g.Take(g.Context(), charges...)
	f := fault.From(err)
	if f.Kind != fault.TooManyRequests || f.RetryAfter != want || f.Message != "Too many attempts. Please try again later." {
		g.Fatalf("%v: %+v; want to wait for %v", charges, f, want)
	}
}

func TestABurstAndThenOneForEachInterval(t *testing.T) {
	g := open(t)
	for range 3 {
		g.passes(of(three, "a"))
	}
	g.waits(10*time.Second, of(three, "a"))
	g.goOn(9 * time.Second)
	g.waits(time.Second, of(three, "a"))
	g.goOn(time.Second)
	g.passes(of(three, "a"))
	g.waits(10*time.Second, of(three, "a"))
	g.goOn(time.Hour) // more than a burst is never saved up
	for range 3 {
		g.passes(of(three, "a"))
	}
	g.waits(10*time.Second, of(three, "a"))
}

func TestKeysAndLimitsAreApart(t *testing.T) {
	g := open(t)
	for range 3 {
		g.passes(of(three, "a"))
	}
	g.passes(of(three, "b"))
	g.passes(of(throttle.Limit{Name: "other", Burst: 1, Every: time.Second}, "a"))
}

func TestRefundLeavesNothing(t *testing.T) {
	g := open(t)
	for range 20 {
		g.passes(of(three, "a")).Refund(t.Context())
	}
	if n, err := g.redis.Client().DBSize(t.Context()).Result(); err != nil || n != 0 {
		t.Errorf("%d keys are left, %v", n, err)
	}
	first := g.passes(of(three, "a"))
	g.passes(of(three, "a"))
	g.passes(of(three, "a"))
	first.Refund(t.Context())
	g.passes(of(three, "a"))
	g.waits(10*time.Second, of(three, "a"))
	throttle.Ticket{}.Refund(t.Context())
}

func TestRefundAfterTheKeyHasRecovered(t *testing.T) {
	g := open(t)
	ticket := g.passes(of(three, "a"))
	g.goOn(time.Minute)
	ticket.Refund(t.Context())
	for range 3 {
		g.passes(of(three, "a"))
	}
	g.waits(10*time.Second, of(three, "a"))
}

func TestRefundForSomebodyWhoWentAway(t *testing.T) {
	g := open(t)
	ctx, leave := context.WithCancel(t.Context())
	ticket := g.passes(of(three, "a"), of(three, "a"), of(three, "a"))
	leave()
	ticket.Refund(ctx)
	g.passes(of(three, "a"), of(three, "a"), of(three, "a"))
}

func TestAllAreChargedOrNone(t *testing.T) {
	g := open(t)
	one := throttle.Limit{Name: "one", Burst: 1, Every: time.Minute}
	g.passes(of(one, "a"))
	for range 10 {
		g.waits(time.Minute, of(three, "a"), of(one, "a"), of(three, "b"))
	}
	for range 3 {
		g.passes(of(three, "a"), of(three, "b"))
	}
	g.waits(time.Minute, of(three, "a"), of(one, "a")) // both refuse: the longer wait
	g.waits(time.Minute, of(one, "a"), of(three, "a"))
	g.waits(10*time.Second, of(three, "a"), of(three, "c"))
}

func TestManyAtOncePassExactlyTheBurst(t *testing.T) {
	g := open(t)
	limit := throttle.Limit{Name: "many", Burst: 17, Every: time.Minute}
	var passed atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			_, err := g.Take(t.Context(), of(limit, "a"))
			if err == nil {
				passed.Add(1)
			} else if !fault.Is(err, fault.TooManyRequests) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := passed.Load(); n != 17 {
		t.Errorf("%d passed; want 17", n)
	}
}

// Whatever is tried and given back, and whenever: no time sees more than a burst and what its intervals allow.
func TestNoTimeSeesMoreThanItsShare(t *testing.T) {
	g := open(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		limit := throttle.Limit{Name: "share", Burst: rapid.IntRange(1, 5).Draw(t, "burst"), Every: time.Second}
		var taken []int64 // when, in milliseconds
		for range rapid.IntRange(1, 30).Draw(t, "attempts") {
			g.goOn(time.Duration(rapid.IntRange(0, 1500).Draw(t, "pause")) * time.Millisecond)
			ticket, err := g.Take(context.Background(), of(limit, string(rune(run))))
			switch {
			case err == nil && rapid.Bool().Draw(t, "refund"):
				ticket.Refund(context.Background())
			case err == nil:
				taken = append(taken, g.ms.Load())
			case !fault.Is(err, fault.TooManyRequests):
				t.Fatal(err)
			}
		}
		for i := range taken {
			for j := i; j < len(taken); j++ {
				if n, most := j-i+1, limit.Burst+int(taken[j]-taken[i])/1000; n > most {
					t.Fatalf("%d attempts within %d ms, burst %d", n, taken[j]-taken[i], limit.Burst)
				}
			}
		}
	})
}

func TestKeysExpireByThemselves(t *testing.T) {
	g := open(t)
	g.passes(of(three, "a"), of(three, "a"))
	left := func() time.Duration {
		t.Helper()
		ttl, err := g.redis.Client().PTTL(t.Context(), "{throttle:three:a}").Result()
		if err != nil {
			t.Fatal(err)
		}
		return ttl
	}
	if ttl := left(); ttl <= 70*time.Second || ttl > 80*time.Second {
		t.Errorf("after two it is there for %v", ttl)
	}
	g.passes(of(three, "a")).Refund(t.Context())
	if ttl := left(); ttl <= 70*time.Second || ttl > 80*time.Second {
		t.Errorf("after one was given back it is there for %v", ttl)
	}
}

func TestServerDownRefuses(t *testing.T) {
	g := open(t)
	ticket := g.passes(of(three, "a"))
	g.redis.Stop()
	_, err := g.Take(t.Context(), of(three, "a"), of(three, "b"))
	if f := fault.From(err); f.Kind != fault.Unavailable || f.RetryAfter == 0 {
		t.Errorf("%+v; want Unavailable", f)
	}
	ticket.Refund(t.Context())
	g.redis.Resume()
	g.passes(of(three, "a"), of(three, "a"))
	g.waits(10*time.Second, of(three, "a")) // the refund was lost, what was charged has stayed
}

// One key that cannot be charged must not cost the others.
func TestABrokenKeyChargesNothing(t *testing.T) {
	g := open(t)
	if err := g.redis.Client().HSet(t.Context(), "{throttle:three:b}", "a", "b").Err(); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := g.Take(t.Context(), of(three, "a"), of(three, "b"), of(three, "c")); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("%v; want Unavailable", err)
		}
	}
	g.passes(of(three, "a"), of(three, "c"))
}

func TestAddressKey(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.7":                     "192.0.2.7",
		"::ffff:192.0.2.7":              "192.0.2.7",
		"2001:db8:1:2:3:4:5:6":          "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff:ffff:ffff::": "2001:db8:1:2::/64",
		"2001:db8:1:3::1":               "2001:db8:1:3::/64",
		"fe80::1%eth0":                  "fe80::/64",
		"::1":                           "::/64",
		"":                              "none",
		"nobody":                        "none",
		"192.0.2.7:80":                  "none",
	} {
		if got := throttle.AddressKey(addr); got != want {
			t.Errorf("%q is %s; want %s", addr, got, want)
		}
	}
}
