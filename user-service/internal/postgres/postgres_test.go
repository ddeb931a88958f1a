package postgres

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/postgrestest"
	"gatehouse/user-service/internal/user"
	"gatehouse/user-service/internal/user/usertest"
)

func nothing(context.Context) error { return nil }

func open(t *testing.T, url string) *DB {
	t.Helper()
	db, err := Open(url, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func migrated(t *testing.T) *DB {
	t.Helper()
	db := open(t, postgrestest.Database(t))
	if err := db.Migrate(context.Background(), nothing); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestPostgres(t *testing.T) {
	usertest.OneServer(t)
	t.Run("store", func(t *testing.T) {
		usertest.Store(t, func(t *testing.T) user.Store { return migrated(t) })
	})
	t.Run("links", func(t *testing.T) {
		usertest.Links(t, func(t *testing.T) user.Store { return migrated(t) })
	})
	t.Run("bulk", func(t *testing.T) {
		usertest.Bulk(t, func(t *testing.T) user.Store { return migrated(t) })
	})
	t.Run("replicas that start at once migrate once", migrationRace)
	t.Run("what follows the migration may fail", firstFails)
	t.Run("before the migration", unmigrated)
	t.Run("values that are refused are the caller's mistake", refused)
	t.Run("every change has its audit entry", audited)
	t.Run("a change without its audit and outbox is none", halfChanges)
	t.Run("a sign-in without its audit is none", halfSignIn)
	t.Run("whoever dies after the commit leaves the change to another", crashed)
	t.Run("a change waits for auth-service", authServiceDown)
	t.Run("what was applied but not acknowledged is repeated", unacknowledged)
	t.Run("two relays share the work", relays)
	t.Run("a flush waits for a relay", flushWaits)
	t.Run("one subject does not keep the others", poison)
	t.Run("many changes go in order", manyChanges)
	t.Run("notices alone keep nobody waiting", noticesOnly)
	t.Run("the audit is swept", swept)
	t.Run("pages of the audit use an index", auditPlan)
	t.Run("an unknown uid costs what a known one does", standIns)
	t.Run("a row that stays locked is no 500", locked)
	t.Run("the search uses its index", searchPlan)
	t.Run("what links do is in audit and outbox", linkAudited)
	t.Run("a link that fails half-way stays good", linkFails)
	t.Run("a link stays good when the database is killed", linkKilled)
	t.Run("codes are looked for by index", linkPlan)
	t.Run("an import is in audit and outbox", importAudited)
	t.Run("an import asks the right index", importPlan)
	t.Run("a batch that fails half-way makes nobody", importFails)
}

func migrationRace(t *testing.T) {
	url := postgrestest.Database(t)
	var inside, most, ran atomic.Int64
	var all sync.WaitGroup
	for range 3 {
		db := open(t, url)
		all.Go(func() {
			err := db.Migrate(context.Background(), func(context.Context) error {
				most.Store(max(most.Load(), inside.Add(1)))
				ran.Add(1)
				inside.Add(-1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if ran.Load() != 3 || most.Load() != 1 {
		t.Errorf("%d ran, %d at a time", ran.Load(), most.Load())
	}
	var n, distinct int
	row := open(t, url).pool.QueryRow("SELECT count(*), count(DISTINCT version_id) FROM goose_db_version")
	if err := row.Scan(&n, &distinct); err != nil || n != distinct {
		t.Errorf("%d entries of %d migrations, %v", n, distinct, err)
	}
}

func firstFails(t *testing.T) {
	db := open(t, postgrestest.Database(t))
	refusal := errors.New("no")
	if err := db.Migrate(context.Background(), func(context.Context) error { return refusal }); !errors.Is(err, refusal) {
		t.Errorf("got %v", err)
	}
	if err := db.Migrate(context.Background(), nothing); err != nil { // the lock is free again
		t.Error(err)
	}
}

func unmigrated(t *testing.T) {
	db := open(t, postgrestest.Database(t))
	if _, err := db.ByID(context.Background(), 1); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
}

func refused(t *testing.T) {
	db := migrated(t)
	if _, err := db.ByUID(context.Background(), "a\x00b"); !fault.Is(err, fault.Invalid) {
		t.Errorf("look for NUL: %v", err)
	}
	for _, uid := range []string{"a\x00b", "a\xffb"} {
		if _, err := db.Create(context.Background(), user.Actor{}, usertest.Account(uid, "User")); !fault.Is(err, fault.Invalid) {
			t.Errorf("create %q: %v", uid, err)
		}
	}
}

func locked(t *testing.T) {
	db := migrated(t)
	ctx := context.Background()
	if _, err := db.Create(ctx, user.Actor{}, usertest.Account("toby", "User")); err != nil {
		t.Fatal(err)
	}
	tx, err := db.pool.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("SELECT id FROM users FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if err := db.Delete(short, user.Actor{}, "toby"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
}

func TestOutage(t *testing.T) {
	server := postgrestest.Start(t)
	db := open(t, server.URL())
	ctx := context.Background()
	if err := db.Migrate(ctx, nothing); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	_, err := db.Create(ctx, user.Actor{}, usertest.Account("toby", "User"))
	if f := fault.From(err); f.Kind != fault.Unavailable || f.RetryAfter <= 0 {
		t.Errorf("create: %v", err)
	}
	for name, call := range map[string]func() error{
		"ping":    func() error { return db.Ping(ctx) },
		"migrate": func() error { return db.Migrate(ctx, nothing) },
		"list":    func() error { _, err := db.List(ctx, user.Page{Limit: 1}); return err },
		"delete":  func() error { return db.Delete(ctx, user.Actor{}, "toby") },
	} {
		if err := call(); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	server.Resume()
	if _, err := db.ByUID(ctx, "toby"); !errors.Is(err, user.ErrNotFound) {
		t.Errorf("half written: %v", err)
	}
	if _, err := db.Create(ctx, user.Actor{}, usertest.Account("toby", "User")); err != nil {
		t.Errorf("after the outage: %v", err)
	}
}

func TestOpenNeverShowsTheURL(t *testing.T) {
	for _, url := range []string{"postgres://u:geheim@h/%zz", "postgres://u:geheim@h/d?sslmode=perhaps", "geheim"} {
		if _, err := Open(url, time.Now); err != errURL {
			t.Errorf("Open: %v", err)
		}
		if err := Check(url); err != errURL {
			t.Errorf("Check: %v", err)
		}
	}
}
