// Package redisstore keeps sessions in Redis, and the mails that are to be sent.
//
//	{session:<sid>}  hash    subject, created, seen, auth (Unix milliseconds), address, agent, counter, rotated;
//	                         reused, once a refresh token came that must have been copied
//	{mail}:queue     stream  id, kind, to, fields (JSON), queued (Unix milliseconds), tries; group senders
//	{mail}:waits     zset    the same as a JSON list, by when it is due again (Unix milliseconds)
//
// The key of a session expires by itself at the earlier of the idle and the absolute limit. A mail is removed when it has
// been sent or given up.
package redisstore

import (
	"context"
	_ "embed"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/auth-service/internal/session"
)

// Sessions is a session.Store.
type Sessions struct{ redis redis.UniversalClient }

var _ session.Store = (*Sessions)(nil)

// New keeps sessions through the client.
func New(client redis.UniversalClient) *Sessions { return &Sessions{redis: client} }

func key(sid string) string { return "{session:" + sid + "}" }

// Create implements session.Store.
func (r *Sessions) Create(ctx context.Context, s session.Session) error {
	_, err := r.redis.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.HSet(ctx, key(s.ID),
			"subject", s.Subject,
			"created", s.CreatedAt.UnixMilli(),
			"seen", s.LastSeen.UnixMilli(),
			"auth", s.AuthTime.UnixMilli(),
			"address", s.Device.Address,
			"agent", s.Device.UserAgent,
			"counter", 0,
			"rotated", 0,
		)
		pipe.PExpire(ctx, key(s.ID), session.IdleLimit)
		return nil
	})
	return err
}

//go:embed rotate.lua
var rotateSource string

var rotate = redis.NewScript(rotateSource)

// Rotate implements session.Store.
func (r *Sessions) Rotate(
	ctx context.Context, sid string, counter uint64, now time.Time,
) (session.Session, uint64, session.Outcome, error) {
	reply, err := rotate.Run(ctx, r.redis, []string{key(sid)},
		counter, now.UnixMilli(), session.Grace.Milliseconds(),
		session.IdleLimit.Milliseconds(), session.AbsoluteLimit.Milliseconds()).StringSlice()
	if err != nil {
		return session.Session{}, 0, session.Gone, err
	}
	outcome := session.Outcome(reply[0])
	if len(reply) == 1 {
		return session.Session{}, 0, outcome, nil
	}
	s, current := read(sid, reply[1:])
	return s, current, outcome, nil
}

// read takes the fields in the order in which the script gives them.
func read(sid string, f []string) (session.Session, uint64) {
	counter, _ := strconv.ParseUint(f[0], 10, 64)
	return session.Session{
		ID: sid, Subject: f[1], CreatedAt: moment(f[2]), LastSeen: moment(f[3]), AuthTime: moment(f[4]),
		Device: session.Device{Address: f[5], UserAgent: f[6]},
	}, counter
}

func moment(ms string) time.Time {
	n, _ := strconv.ParseInt(ms, 10, 64)
	return time.UnixMilli(n)
}

// Subject implements session.Store.
func (r *Sessions) Subject(ctx context.Context, sid string) (string, error) {
	subject, err := r.redis.HGet(ctx, key(sid), "subject").Result()
	if err == redis.Nil {
		return "", nil
	}
	return subject, err
}

// End implements session.Store.
func (r *Sessions) End(ctx context.Context, sid string) error {
	return r.redis.Del(ctx, key(sid)).Err()
}
