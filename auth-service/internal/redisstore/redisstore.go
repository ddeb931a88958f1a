// Package redisstore keeps sessions in Redis, and the mails that are to be sent.
//
//	{session:<sid>}         hash        subject, epoch, created, seen, auth (Unix milliseconds), address, agent, counter,
//	                                    rotated, the times of the grace; reused, once a refresh token came that must have been
//	                                    copied
//	{sessions:<sub>}:index  sorted set  the user's sessions: sid -> its absolute end, in Unix milliseconds
//	{sessions:<sub>}:epoch  string      sessions of an epoch before this one are not let in
//	{mail}:queue            stream      id, kind, to, fields (JSON), queued (Unix milliseconds), tries; group senders
//	{mail}:waits            sorted set  the same as a JSON list, by when it is due again, in Unix milliseconds
//
// Each key of sessions expires by itself: a session at the earlier of the idle and the absolute limit, the others with the
// last session that they may have to do with. A mail is removed when it has been sent or given up.
//
// A session and its user's keys are on different nodes of a cluster, so what concerns both takes two steps. A session is put
// in before it enters the index, and leaves the index after it is gone: whatever stops between the two leaves a session that
// nobody has the tokens of, or an entry that names none and is dropped by the next look at the index.
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

func key(sid string) string       { return "{session:" + sid + "}" }
func index(subject string) string { return "{sessions:" + subject + "}:index" }
func epoch(subject string) string { return "{sessions:" + subject + "}:epoch" }

// Create implements session.Store.
func (r *Sessions) Create(ctx context.Context, s session.Session) (bool, error) {
	_, err := r.redis.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.HSet(ctx, key(s.ID),
			"subject", s.Subject,
			"epoch", s.Epoch,
			"created", s.CreatedAt.UnixMilli(),
			"seen", s.LastSeen.UnixMilli(),
			"auth", s.AuthTime.UnixMilli(),
			"address", s.Device.Address,
			"agent", s.Device.UserAgent,
			"counter", 0,
			"rotated", "",
		)
		pipe.PExpire(ctx, key(s.ID), session.IdleLimit)
		return nil
	})
	if err != nil {
		return false, err
	}
	admitted, err := r.admit(ctx, s)
	if err != nil || admitted {
		return admitted, err
	}
	return false, r.redis.Del(ctx, key(s.ID)).Err()
}

//go:embed rotate.lua
var rotateSource string

var rotate = redis.NewScript(rotateSource)

// Rotate implements session.Store.
func (r *Sessions) Rotate(
	ctx context.Context, sid string, counter uint64, epoch int64, now time.Time,
) (session.Session, uint64, session.Outcome, error) {
	reply, err := rotate.Run(ctx, r.redis, []string{key(sid)},
		counter, now.UnixMilli(), session.Grace.Milliseconds(),
		session.IdleLimit.Milliseconds(), session.AbsoluteLimit.Milliseconds(), epoch).StringSlice()
	if err != nil {
		return session.Session{}, 0, session.Gone, err
	}
	outcome := session.Outcome(reply[0])
	if len(reply) == 1 {
		return session.Session{}, 0, outcome, nil
	}
	current, _ := strconv.ParseUint(reply[1], 10, 64)
	return read(sid, reply[2:]), current, outcome, nil
}

// Find implements session.Store.
func (r *Sessions) Find(ctx context.Context, sid string) (session.Session, error) {
	found, err := r.redis.HMGet(ctx, key(sid), fields...).Result()
	if err != nil {
		return session.Session{}, err
	}
	return readFound(sid, found), nil
}

//go:embed prove.lua
var proveSource string

var prove = redis.NewScript(proveSource)

// Prove implements session.Store.
func (r *Sessions) Prove(ctx context.Context, sid string, at time.Time) (session.Session, error) {
	reply, err := prove.Run(ctx, r.redis, []string{key(sid)}, at.UnixMilli()).StringSlice()
	if err != nil || len(reply) == 0 {
		return session.Session{}, err
	}
	return read(sid, reply), nil
}

var end = redis.NewScript(`
local subject = redis.call('HGET', KEYS[1], 'subject')
redis.call('DEL', KEYS[1])
return subject or ''`)

// End implements session.Store.
func (r *Sessions) End(ctx context.Context, sid string) error {
	subject, err := end.Run(ctx, r.redis, []string{key(sid)}).Text()
	if err != nil || subject == "" {
		return err
	}
	return r.redis.ZRem(ctx, index(subject), sid).Err()
}
