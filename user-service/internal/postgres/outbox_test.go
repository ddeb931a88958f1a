package postgres

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/internal/postgrestest"
	"gatehouse/user-service/internal/user"
	"gatehouse/user-service/internal/user/usertest"
)

// authService is a stand-in that keeps what it applied, by subject.
type authService struct {
	mu      sync.Mutex
	applied map[string][]authapi.Change
	before  func([]authapi.Change) error // fails without applying
	after   error                        // fails although it was applied
}

func (a *authService) Apply(_ context.Context, changes []authapi.Change) error {
	if a.before != nil {
		if err := a.before(changes); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range changes {
		if a.applied == nil {
			a.applied = make(map[string][]authapi.Change)
		}
		a.applied[c.Subject] = append(a.applied[c.Subject], c)
	}
	return a.after
}

// kinds is what was applied for a subject, such as "credential2 role".
func (a *authService) kinds(subject int64) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var kinds []string
	for _, c := range a.applied[strconv.FormatInt(subject, 10)] {
		kind := string(c.Kind)
		if c.Epoch > 0 {
			kind += strconv.FormatInt(c.Epoch, 10)
		}
		kinds = append(kinds, kind)
	}
	return strings.Join(kinds, " ")
}

func (a *authService) outbox(db *DB) *Outbox { return NewOutbox(db, a, slog.New(slog.DiscardHandler)) }

var errDown = fault.Down("auth-service", errors.New("refused"))

// waiting is how many changes have not been acknowledged.
func waiting(t *testing.T, db *DB) (n int) {
	t.Helper()
	if err := db.pool.QueryRow("SELECT count(*) FROM outbox").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func signedUp(t *testing.T, db *DB, uid string) int64 {
	t.Helper()
	u, err := db.Create(context.Background(), ada, usertest.Account(uid, "User"))
	if err != nil {
		t.Fatal(err)
	}
	return u.ID
}

func edit(t *testing.T, db *DB, uid string, change func(*user.Account)) {
	t.Helper()
	_, err := db.Update(context.Background(), ada, uid, func(a user.Account) (user.Account, error) { change(&a); return a, nil })
	if err != nil {
		t.Fatal(err)
	}
}

func newHash(a *user.Account) { a.Hash += "." }

// round lets an outbox deliver until nothing is due or something fails.
func round(o *Outbox) error {
	for {
		if more, err := o.next(context.Background()); !more {
			return err
		}
	}
}

// crashed: the replica that made the change is gone before it told anybody; another one's relay does it at its start.
func crashed(t *testing.T) {
	url := postgrestest.Database(t)
	db := open(t, url)
	if err := db.Migrate(context.Background(), nothing); err != nil {
		t.Fatal(err)
	}
	id := signedUp(t, db, "toby")
	edit(t, db, "toby", newHash)
	edit(t, db, "toby", func(a *user.Account) { a.Role = "Teacher" })
	if err := db.Delete(context.Background(), ada, "toby"); err != nil {
		t.Fatal(err)
	}
	db.Close()

	other := open(t, url)
	auth, done := new(authService), make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	ticks := make(chan time.Time)
	go func() { defer close(done); auth.outbox(other).Run(ctx, ticks) }()
	ticks <- time.Time{} // is taken when the first round is over
	cancel()
	<-done
	if got := auth.kinds(id); got != "credential2 role closed3" || waiting(t, other) != 0 {
		t.Errorf("applied %q, %d are waiting", got, waiting(t, other))
	}
}

func authServiceDown(t *testing.T) {
	db := migrated(t)
	now := time.Now()
	db.now = func() time.Time { return now }
	id := signedUp(t, db, "toby")
	edit(t, db, "toby", newHash)
	auth := &authService{before: func([]authapi.Change) error { return errDown }}
	o := auth.outbox(db)
	if err := o.Flush(context.Background(), id); !errors.Is(err, errDown) {
		t.Errorf("flush: %v", err)
	}
	for try := range 8 {
		if err := round(o); !errors.Is(err, errDown) {
			t.Errorf("try %d: %v", try, err)
		}
		now = now.Add(backoff(try+1) - time.Millisecond)
		if err := round(o); err != nil { // it is not due again yet
			t.Errorf("after try %d: %v", try, err)
		}
		now = now.Add(time.Millisecond)
	}
	auth.before = nil
	if err := round(o); err != nil || auth.kinds(id) != "credential2" || waiting(t, db) != 0 {
		t.Errorf("%v, applied %q, %d are waiting", err, auth.kinds(id), waiting(t, db))
	}
}

func TestBackoff(t *testing.T) {
	for tries, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 6: 32 * time.Second, 7: time.Minute, 1000: time.Minute} {
		if got := backoff(tries); got != want {
			t.Errorf("after %d tries %v, want %v", tries, got, want)
		}
	}
}

func unacknowledged(t *testing.T) {
	db := migrated(t)
	id := signedUp(t, db, "toby")
	edit(t, db, "toby", newHash)
	auth := &authService{after: errDown}
	o := auth.outbox(db)
	if err := o.Flush(context.Background(), id); !errors.Is(err, errDown) || waiting(t, db) != 1 {
		t.Errorf("%v, %d are waiting", err, waiting(t, db))
	}
	auth.after = nil
	if err := round(o); err != nil || auth.kinds(id) != "credential2 credential2" || waiting(t, db) != 0 {
		t.Errorf("%v, applied %q, %d are waiting", err, auth.kinds(id), waiting(t, db))
	}
}

func manyChanges(t *testing.T) {
	db := migrated(t)
	id := signedUp(t, db, "toby")
	const changes = 2*batch + 1
	for range changes {
		edit(t, db, "toby", newHash)
	}
	var auth authService
	if err := auth.outbox(db).Flush(context.Background(), id); err != nil || waiting(t, db) != 0 {
		t.Errorf("%v, %d are waiting", err, waiting(t, db))
	}
	applied := auth.applied[strconv.FormatInt(id, 10)]
	inOrder := slices.IsSortedFunc(applied, func(a, b authapi.Change) int { return int(a.Epoch - b.Epoch) })
	if len(applied) != changes || !inOrder || applied[0].ID == 0 || applied[0].ID == applied[1].ID {
		t.Errorf("%d of %d changes: %+v", len(applied), changes, applied)
	}
}

func noticesOnly(t *testing.T) {
	db := migrated(t)
	a := usertest.Account("toby", "User")
	a.Email = "toby@example.org"
	u, err := db.Create(context.Background(), user.Actor{}, a)
	if err != nil {
		t.Fatal(err)
	}
	var auth authService
	if err := round(auth.outbox(db)); err != nil || auth.kinds(u.ID) != "notice" {
		t.Errorf("%v, applied %q", err, auth.kinds(u.ID))
	}
	notices := auth.applied[strconv.FormatInt(u.ID, 10)][0].Notices
	if len(notices) != 1 || notices[0].Kind != authapi.NoticeVerification || notices[0].To != "toby@example.org" {
		t.Errorf("notices %+v", notices)
	}
}
