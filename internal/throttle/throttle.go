// Package throttle limits attempts over time, for all replicas of a service together.
//
// It is GCRA, the leaky bucket as a meter (ITU-T I.371): so many attempts at once, and then one for each interval. Redis
// keeps one number for each key that was charged:
//
//	{throttle:<name>:<key>}  string  when the key will be as if it had never been charged, in Unix milliseconds
//
// It expires by itself soon after. The time is that of the caller and not of Redis, as everywhere in Gatehouse: tests set
// it instead of waiting, and a replica whose clock is ahead gains the difference once and no more.
package throttle

import (
	"context"
	_ "embed"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/internal/fault"
	"gatehouse/internal/tally"
)

// Limit is a budget that every key has: Burst attempts at once, and one more for each Every that passes.
type Limit struct {
	Name  string // tells its keys from those of other limits
	Burst int
	Every time.Duration // in whole milliseconds, at least one
}

// Charge is one attempt, to be charged to a key.
type Charge struct {
	Limit
	Key string
}

func (c Charge) redisKey() string { return "{throttle:" + c.Name + ":" + c.Key + "}" }

// Throttle keeps the budgets in Redis.
type Throttle struct {
	redis redis.UniversalClient
	now   func() time.Time

	refused tally.Tally[string] // by the name of the limit
}

// New keeps budgets through the client.
func New(client redis.UniversalClient, now func() time.Time) *Throttle {
	return &Throttle{redis: client, now: now}
}

// margin is how much longer than needed a key is kept, for clocks that differ.
const margin = time.Minute

// Ticket is an attempt that was let through. That of nobody, the zero value, gives nothing back.
type Ticket struct {
	throttle *Throttle
	charges  []Charge
}

//go:embed take.lua
var take string

// Take charges an attempt to all its keys, or to none. TooManyRequests: a budget is used up, RetryAfter is the longest wait
// among them. Unavailable: the budgets cannot be looked at, so the attempt must not be made.
//
// Each key has a script of its own, because on a cluster they are on several nodes. So while one refuses, the others are
// charged until this call returns.
func (t *Throttle) Take(ctx context.Context, charges ...Charge) (Ticket, error) {
	replies, err := t.each(ctx, take, charges)
	taken := Ticket{throttle: t}
	var wait time.Duration
	var by Limit // the one that makes it wait longest
	for i, reply := range replies {
		ms, failed := reply.Int64()
		if failed == nil && ms == 0 {
			taken.charges = append(taken.charges, charges[i])
		}
		if longer := time.Duration(ms) * time.Millisecond; longer > wait {
			wait, by = longer, charges[i].Limit
		}
	}
	switch {
	case err != nil:
		taken.Refund(ctx)
		return Ticket{}, fault.Down("throttle", err)
	case wait > 0:
		t.refused.Add(by.Name)
		taken.Refund(ctx)
		return Ticket{}, refusal(wait)
	}
	return taken, nil
}

// Refused tells how many attempts each limit has refused, by its name.
func (t *Throttle) Refused(tell func(limit string, n uint64)) { t.refused.Each(tell) }

// Expect has limits told as 0 until they refuse.
func (t *Throttle) Expect(limits ...string) { t.refused.Expect(limits...) }

// refusal is the same for every limit: which one it was is nobody's business.
func refusal(wait time.Duration) error {
	return &fault.Fault{
		Kind: fault.TooManyRequests, Message: "Too many attempts. Please try again later.", RetryAfter: wait,
	}
}

//go:embed giveback.lua
var giveBack string

// Refund gives the attempt back, at most once, also when the one who asked for it has gone away. What cannot be given back
// stays charged.
func (k Ticket) Refund(ctx context.Context) {
	if len(k.charges) > 0 {
		k.throttle.each(context.WithoutCancel(ctx), giveBack, k.charges)
	}
}

// each runs a script for each charge in one round trip. The source goes along each time: EVALSHA in a pipeline would have
// to be repeated where a server has been restarted meanwhile.
func (t *Throttle) each(ctx context.Context, script string, charges []Charge) ([]*redis.Cmd, error) {
	now := t.now().UnixMilli()
	pipe := t.redis.Pipeline()
	replies := make([]*redis.Cmd, len(charges))
	for i, c := range charges {
		replies[i] = pipe.Eval(ctx, script, []string{c.redisKey()},
			now, c.Every.Milliseconds(), c.Burst, margin.Milliseconds())
	}
	_, err := pipe.Exec(ctx)
	return replies, err
}
