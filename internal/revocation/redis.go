package revocation

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// The keys of the list; the braces put them on one node of a cluster.
const (
	generationKey = "{rev}:gen"
	setKey        = "{rev}:set"
	usersKey      = "{rev}:users"
)

// entryMargin is how much longer than its tokens an entry is kept, for clocks that differ.
const entryMargin = time.Minute

// List is the revocation list in Redis.
type List struct {
	redis    redis.UniversalClient
	tokenTTL time.Duration
	now      func() time.Time
}

var (
	_ Checker = (*List)(nil)
	_ Revoker = (*List)(nil)
)

// New makes the list on a Redis client. No access token may live longer than tokenTTL.
func New(client redis.UniversalClient, tokenTTL time.Duration, now func() time.Time) *List {
	return &List{redis: client, tokenTTL: tokenTTL, now: now}
}

// Revoked implements Checker with one round trip to Redis.
func (l *List) Revoked(ctx context.Context, t Token) (bool, error) {
	pipe := l.redis.Pipeline()
	generation := pipe.Get(ctx, generationKey)
	entries := pipe.ZMScore(ctx, setKey, "sid:"+t.SessionID, "jti:"+t.ID, "kid:"+t.KeyID)
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
	generation, err := l.redis.Get(ctx, generationKey).Result()
	if err == redis.Nil {
		if err := l.redis.SetNX(ctx, generationKey, rand.Text(), 0).Err(); err != nil {
			return "", fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		generation, err = l.redis.Get(ctx, generationKey).Result()
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return generation, nil
}

// Session implements Revoker.
func (l *List) Session(ctx context.Context, sid string, until time.Time) error {
	return l.add(ctx, setKey, "sid:"+sid, until.Add(entryMargin), l.now())
}

// Token refuses one access token until it expires.
func (l *List) Token(ctx context.Context, jti string, until time.Time) error {
	return l.add(ctx, setKey, "jti:"+jti, until.Add(entryMargin), l.now())
}

// Key implements Revoker.
func (l *List) Key(ctx context.Context, kid string, until time.Time) error {
	return l.add(ctx, setKey, "kid:"+kid, until.Add(entryMargin), l.now())
}

// User implements Revoker. An entry goes once every token from before it must have expired.
func (l *List) User(ctx context.Context, subject string, notBefore time.Time) error {
	return l.add(ctx, usersKey, subject, notBefore, l.now().Add(-l.tokenTTL-entryMargin))
}

// add puts a member in, never lowering its score, and drops members whose score is below the limit.
func (l *List) add(ctx context.Context, key, member string, score, dropBelow time.Time) error {
	_, err := l.redis.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.ZAddGT(ctx, key, redis.Z{Score: float64(score.UnixMilli()), Member: member})
		pipe.ZRemRangeByScore(ctx, key, "-inf", "("+strconv.FormatInt(dropBelow.UnixMilli(), 10))
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return nil
}
