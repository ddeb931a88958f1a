package session_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
)

const raceRounds = 200

// racing is a user-service whose answers take a while to arrive. The uid that it gives is the epoch of its row.
type racing struct {
	*directory
	redis redis.UniversalClient
}

func (r racing) dawdle(ctx context.Context, u userapi.User) userapi.User {
	for range rand.IntN(6) {
		r.redis.Ping(ctx)
	}
	u.UID = strconv.FormatInt(u.Epoch, 10)
	return u
}

func (r racing) Verify(ctx context.Context, c userapi.Credential) (userapi.User, error) {
	u, err := r.directory.Verify(ctx, c)
	return r.dawdle(ctx, u), err
}

func (r racing) User(ctx context.Context, id string) (userapi.User, error) {
	u, err := r.directory.User(ctx, id)
	return r.dawdle(ctx, u), err
}

// Logins and refreshes race with a new password, which is told twice at once. Afterwards no session from before it is good
// but the one that was kept, and every session from after it is.
func TestLoginsAndRefreshesRaceWithANewPassword(t *testing.T) {
	h := open(t)
	h.Users = racing{h.users, h.redis.Client()}
	overtaken, ahead := 0, 0
	for range raceRounds {
		r := race{house: h, kept: h.login(""), older: h.login("")}
		r.run()
		if t.Failed() {
			return
		}
		overtaken, ahead = overtaken+r.refused, ahead+len(r.logins)
	}
	t.Logf("%d rounds: %d logins were refused, %d were let in", raceRounds, overtaken, ahead)
	if overtaken == 0 || ahead == 0 {
		t.Error("nothing met")
	}
}

// race is one round: sessions from before it, and what became of those who ran.
type race struct {
	*house
	kept, older session.Grant

	mu       sync.Mutex
	logins   []session.Grant
	refused  int
	olderWas []session.Grant // what the older session still got
}

func (r *race) run() {
	r.Helper()
	keep := r.caller(r.kept).SessionID
	var group sync.WaitGroup
	for range 4 {
		group.Go(r.signIn)
	}
	group.Go(func() {
		if g, _, err := r.Renew(r.Context(), r.older.RefreshToken, device); err == nil {
			r.olderWas = append(r.olderWas, g)
		}
	})
	group.Go(func() {
		g, _, err := r.Renew(r.Context(), r.kept.RefreshToken, device)
		if err != nil {
			r.Errorf("the session that is kept: %v", err)
		}
		r.kept = g
	})
	for range rand.IntN(6) { // some are verified before the change, some after it
		r.redis.Client().Ping(r.Context())
	}
	change := r.users.change(keep)
	for range 2 {
		group.Go(func() {
			if err := r.Apply(r.Context(), []authapi.Change{change}); err != nil {
				r.Error(err)
			}
		})
	}
	group.Wait()
	if !r.Failed() {
		r.judge(change.Epoch)
	}
}

func (r *race) signIn() {
	g, err := r.Login(r.Context(), userapi.Credential{UID: "alice", Password: "right"}, device, session.Had{})
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.logins = append(r.logins, g)
	case fault.Is(err, fault.Unauthenticated):
		r.refused++
	default:
		r.Error(err)
	}
}

// judge looks at all tokens that anybody holds.
func (r *race) judge(epoch int64) {
	r.Helper()
	for _, g := range append(r.olderWas, r.older) {
		r.good(g, false)
	}
	for _, g := range r.logins {
		r.good(g, g.UID == strconv.FormatInt(epoch, 10))
	}
	r.good(r.kept, true)
}

func (r *race) good(g session.Grant, want bool) {
	r.Helper()
	r.served(g, want)
	if _, outcome, err := r.Renew(r.Context(), g.RefreshToken, device); (err == nil) != want {
		r.Errorf("the session can refresh: %s, %v; want %v", outcome, err, want)
	}
}
