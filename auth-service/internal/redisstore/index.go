package redisstore

import (
	"context"
	_ "embed"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/auth-service/internal/session"
)

// atOnce is how many sessions one round trip asks for.
const atOnce = 100

//go:embed admit.lua
var admitSource string

var admit = redis.NewScript(admitSource)

// admit puts a session into its user's index, unless its epoch is over. After the one step or before it there is no moment
// at which Outdate could be missed: the session is refused, or whoever looks at the index next finds it.
func (r *Sessions) admit(ctx context.Context, s session.Session) (bool, error) {
	return admit.Run(ctx, r.redis, []string{epoch(s.Subject), index(s.Subject)},
		s.Epoch, s.ID, s.CreatedAt.Add(session.AbsoluteLimit).UnixMilli(), s.CreatedAt.UnixMilli(),
		session.AbsoluteLimit.Milliseconds()).Bool()
}

var outdate = redis.NewScript(`
local latest = redis.call('GET', KEYS[1])
if not latest or tonumber(latest) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)

// Outdate implements session.Store. The mark has to outlive every sign-in that is under way, which takes seconds.
func (r *Sessions) Outdate(ctx context.Context, subject string, to int64) error {
	return outdate.Run(ctx, r.redis, []string{epoch(subject)}, to, session.AbsoluteLimit.Milliseconds()).Err()
}

// Of implements session.Store.
func (r *Sessions) Of(ctx context.Context, subject string, now time.Time) ([]session.Session, error) {
	live := &redis.ZRangeBy{Min: "(" + strconv.FormatInt(now.UnixMilli(), 10), Max: "+inf"}
	sids, err := r.redis.ZRangeByScore(ctx, index(subject), live).Result()
	if err != nil {
		return nil, err
	}
	var all []session.Session
	for some := range slices.Chunk(sids, atOnce) {
		found, gone, err := r.findAll(ctx, some)
		if err != nil {
			return nil, err
		}
		if len(gone) > 0 {
			if err := r.redis.ZRem(ctx, index(subject), gone...).Err(); err != nil {
				return nil, err
			}
		}
		all = append(all, found...)
	}
	return slices.DeleteFunc(all, func(s session.Session) bool { return !now.Before(s.LastSeen.Add(session.IdleLimit)) }), nil
}

// findAll gives the sessions that there are, and the sids of those that are gone.
func (r *Sessions) findAll(ctx context.Context, sids []string) (found []session.Session, gone []any, err error) {
	replies := make([]*redis.SliceCmd, len(sids))
	_, err = r.redis.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, sid := range sids {
			replies[i] = pipe.HMGet(ctx, key(sid), fields...)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for i, sid := range sids {
		if s := readFound(sid, replies[i].Val()); s.ID != "" {
			found = append(found, s)
		} else {
			gone = append(gone, sid)
		}
	}
	return found, gone, nil
}
