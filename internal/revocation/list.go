package revocation

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/internal/token"
)

// entryMargin is how much longer than its tokens an entry is kept, for clocks that differ.
const entryMargin = time.Minute

// List is the revocation list in Redis: what the revoker adds to, and what a gateway without a lease asks.
type List struct {
	redis redis.UniversalClient
	now   func() time.Time
}

var (
	_ Checker = (*List)(nil)
	_ Revoker = (*List)(nil)
)

// New makes the list on a Redis client.
func New(client redis.UniversalClient, now func() time.Time) *List {
	return &List{redis: client, now: now}
}

// answerWithin is how long Redis may take to tell about a token before nothing is known.
const answerWithin = time.Second

// Revoked implements Checker with one round trip to Redis.
func (l *List) Revoked(ctx context.Context, t Token) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	pipe := l.redis.TxPipeline() // the generation and its entries are of one moment
	generation := pipe.HGet(ctx, generationKey, "id")
	entries := pipe.ZMScore(ctx, setKey, sessionPrefix+t.SessionID, tokenPrefix+t.ID, keyPrefix+t.KeyID)
	notBefore := pipe.ZMScore(ctx, usersKey, t.Subject)
	if _, err := pipe.Exec(ctx); err != nil && err != redis.Nil {
		return false, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	if generation.Val() != t.Generation {
		return true, nil
	}
	for _, until := range entries.Val() {
		if until > 0 {
			return true, nil
		}
	}
	return float64(t.IssuedAt.UnixMilli()) <= notBefore.Val()[0], nil
}

// Generation implements Revoker. The first to ask after a loss of the data makes the new one.
func (l *List) Generation(ctx context.Context) (string, error) {
	id, _, err := l.generation(ctx)
	return id, err
}

// generation gives the number of the last entry, too.
func (l *List) generation(ctx context.Context) (string, uint64, error) {
	reply, err := generationScript.Run(ctx, l.redis, keys, rand.Text()).Slice()
	if err != nil {
		return "", 0, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return reply[0].(string), uint64(reply[1].(int64)), nil
}

// Session implements Revoker.
func (l *List) Session(ctx context.Context, sid string, until time.Time) error {
	return l.revoke(ctx, Entry{inSet, sessionPrefix + sid, keptUntil(until)})
}

// Token refuses one access token until it expires.
func (l *List) Token(ctx context.Context, jti string, until time.Time) error {
	return l.revoke(ctx, Entry{inSet, tokenPrefix + jti, keptUntil(until)})
}

// Key implements Revoker.
func (l *List) Key(ctx context.Context, kid string, until time.Time) error {
	return l.revoke(ctx, Entry{inSet, keyPrefix + kid, keptUntil(until)})
}

// User implements Revoker.
func (l *List) User(ctx context.Context, subject string, notBefore time.Time) error {
	return l.revoke(ctx, Entry{ofUser, subject, uint64(notBefore.UnixMilli())})
}

func keptUntil(until time.Time) uint64 { return uint64(until.Add(entryMargin).UnixMilli()) }

// dropBelow are the scores below which entries are over: in the set those whose time has come, and of users those from
// before which every token must have expired.
func dropBelow(now time.Time) (set, users uint64) {
	return uint64(now.UnixMilli()), uint64(now.Add(-token.MaxTTL - entryMargin).UnixMilli())
}

// revoke adds entries and waits until no gateway accepts what they refuse.
func (l *List) revoke(ctx context.Context, entries ...Entry) error {
	set, users := dropBelow(l.now())
	args := []any{rand.Text(), set, users}
	for _, e := range entries {
		args = append(args, int(e.kind), e.member, e.score)
	}
	reply, err := appendScript.Run(ctx, l.redis, keys, args...).Slice()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	w := wait{list: l, generation: reply[0].(string), seq: uint64(reply[1].(int64)), began: time.Now()}
	for _, name := range reply[3].([]any) {
		w.gateways = append(w.gateways, name.(string))
	}
	return w.until(ctx, time.Duration(reply[2].(int64))*time.Millisecond)
}

// wait is how a revocation waits for the gateways.
type wait struct {
	list       *List
	generation string
	seq        uint64
	began      time.Time
	gateways   []string // that have not acknowledged
}

// until returns when every gateway that may hold a lease has acknowledged, or when no lease from before can hold any more.
// In a young generation that is never before its age is Lease: gateways that held one in the generation before are not
// known in it.
func (w *wait) until(ctx context.Context, age time.Duration) error {
	for pause := ackPause; len(w.gateways) > 0 && time.Since(w.began) < Lease; pause = min(2*pause, maxAckPause) {
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		if err := w.ask(ctx); err != nil {
			return err
		}
	}
	if rest := min(Lease-age, Lease); rest > 0 { // an age below zero is a clock that was set back
		if err := sleep(ctx, rest-time.Since(w.began)); err != nil {
			return err
		}
	}
	return w.forget(ctx)
}

// ask drops the gateways that have acknowledged.
func (w *wait) ask(ctx context.Context) error {
	left, err := acknowledgedScript.Run(ctx, w.list.redis, keys, w.args()...).StringSlice()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	w.gateways = left
	return nil
}

// forget spares the next revocation the wait for gateways that are gone.
func (w *wait) forget(ctx context.Context) error {
	if len(w.gateways) == 0 {
		return nil
	}
	if err := forgetScript.Run(ctx, w.list.redis, keys, w.args()...).Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return nil
}

func (w *wait) args() []any {
	args := []any{w.generation, w.seq}
	for _, name := range w.gateways {
		args = append(args, name)
	}
	return args
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrUnknown, ctx.Err())
	}
}
