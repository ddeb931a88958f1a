package revocation

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// How the log is read.
const (
	blockFor   = time.Second // for entries to come
	atOnce     = 1000        // entries in one read
	scanAtOnce = 5000        // members in one step of a snapshot
	retryAfter = 100 * time.Millisecond
)

// errGap means that entries of the log are missing, so the copy must be made anew.
var errGap = errors.New("the revocation log has a gap")

// Follower keeps a Copy true to the list in Redis.
type Follower struct {
	*Copy
	name    string // of this gateway, unlike any other's
	log     *slog.Logger
	reseed  chan struct{} // a renewal has found the copy to be of another generation
	changed func(revoked func(Token) bool)
	swap    sync.Mutex // a lease is stored for the state that there is, or not at all

	behindAt behind // guarded by swap
}

// Follow makes the copy of a gateway. It answers by asking Redis until Run has filled it. changed, which may be nil, is told
// when entries have come, before they are acknowledged, with the means to see which tokens are refused now.
func Follow(
	client redis.UniversalClient, now func() time.Time, log *slog.Logger, changed func(revoked func(Token) bool),
) *Follower {
	if changed == nil {
		changed = func(func(Token) bool) {}
	}
	return &Follower{
		Copy: &Copy{list: New(client, now), now: now}, name: rand.Text(), log: log,
		reseed: make(chan struct{}, 1), changed: changed,
	}
}

// Run follows the list until the context ends.
func (f *Follower) Run(ctx context.Context) {
	var group sync.WaitGroup
	group.Go(func() { f.renewLease(ctx) })
	f.followLog(ctx)
	group.Wait()
	f.retire()
}

// followLog makes the copy, follows the log as long as it has no gap, and begins again.
func (f *Follower) followLog(ctx context.Context) {
	for ctx.Err() == nil {
		s, err := f.seed(ctx)
		if err == nil {
			err = f.read(ctx, s)
		}
		if err != nil && ctx.Err() == nil {
			f.log.Warn("revocation list not copied", "error", err)
			sleep(ctx, retryAfter)
		}
	}
}

// seed makes a copy of the list as it is. The number of the last entry is read before the entries: whatever is added
// meanwhile is in the log behind it, and to apply an entry twice does no harm.
func (f *Follower) seed(ctx context.Context) (*state, error) {
	id, seq, err := f.list.generation(ctx)
	if err != nil {
		return nil, err
	}
	s := &state{generation: id}
	s.applied.Store(seq)
	if err := f.load(ctx, s); err != nil {
		return nil, err
	}
	select {
	case <-f.reseed: // what asked for it is answered by this copy
	default:
	}
	f.swap.Lock()
	f.lease.Store(nil) // one of the copy before, which gets no more entries
	f.state.Store(nil)
	f.swap.Unlock()
	f.changed(s.revoked) // before any lease can stand for it
	f.state.Store(s)
	return s, f.renew(ctx)
}

// manyEntries are so many that loading them leaves more behind than the process should keep.
const manyEntries = 100_000

// load fills the copy, in room that is made at once.
func (f *Follower) load(ctx context.Context, s *state) error {
	total := 0
	for kind, into := range map[kind]**table{inSet: &s.entries, ofUser: &s.users} {
		n, err := f.list.redis.ZCard(ctx, keys[kind-1]).Result()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		*into = newTable(int(n))
		total += int(n)
	}
	for _, kind := range []kind{inSet, ofUser} {
		if err := f.scan(ctx, kind, s); err != nil {
			return err
		}
	}
	if total > manyEntries {
		debug.FreeOSMemory()
	}
	return nil
}

// scan puts every member in that is there from beginning to end; others may come as well.
func (f *Follower) scan(ctx context.Context, kind kind, into *state) error {
	for cursor := uint64(0); ; {
		pairs, next, err := f.list.redis.ZScan(ctx, keys[kind-1], cursor, "", scanAtOnce).Result()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			score, err := strconv.ParseFloat(pairs[i+1], 64)
			if err != nil {
				return err
			}
			into.apply(Entry{kind, pairs[i], uint64(score)}, f.now())
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// read applies what is added to the log, until the copy must be made anew. While Redis cannot be read it tries again: the
// lease runs out meanwhile.
func (f *Follower) read(ctx context.Context, s *state) error {
	for ctx.Err() == nil {
		select {
		case <-f.reseed:
			return nil
		default:
		}
		streams, err := f.list.redis.XRead(ctx, &redis.XReadArgs{
			Streams: []string{logKey, number(s.applied.Load())}, Count: atOnce, Block: blockFor,
		}).Result()
		switch {
		case err == redis.Nil: // nothing has come
		case err != nil:
			sleep(ctx, retryAfter)
		default:
			if err := f.applyAll(ctx, s, streams[0].Messages); err != nil {
				return err
			}
		}
	}
	return nil
}

// number is the id of an entry in the log.
func number(seq uint64) string { return strconv.FormatUint(seq, 10) + "-0" }

// applyAll puts entries into the copy and acknowledges them.
func (f *Follower) applyAll(ctx context.Context, s *state, messages []redis.XMessage) error {
	last := s.applied.Load()
	for _, m := range messages {
		seq := last + 1
		if m.ID != number(seq) {
			return fmt.Errorf("%w: %s after %d", errGap, m.ID, seq-1)
		}
		e, err := entryOf(m.Values)
		if err != nil {
			return err
		}
		s.apply(e, f.now())
		last = seq
	}
	f.changed(s.revoked)
	s.applied.Store(last) // from here on a renewal acknowledges them, too
	// Without word of it the revoker waits for the end of the lease.
	acknowledgeScript.Run(ctx, f.list.redis, keys, f.name, s.generation, s.applied.Load())
	return nil
}

func entryOf(values map[string]any) (Entry, error) {
	key, _ := values["key"].(string)
	member, _ := values["member"].(string)
	text, _ := values["score"].(string)
	n, keyErr := strconv.Atoi(key)
	score, scoreErr := strconv.ParseUint(text, 10, 64)
	if kind(n) != inSet && kind(n) != ofUser {
		keyErr = fmt.Errorf("no list %q", key)
	}
	return Entry{kind(n), member, score}, errors.Join(keyErr, scoreErr)
}
