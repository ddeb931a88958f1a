package postgres

import (
	"context"
	"log/slog"
	"testing"
	"time"
)

// old fills the audit with entries of the past, a minute apart, the latest of them now.
func old(t *testing.T, db *DB, n int, now time.Time) {
	t.Helper()
	_, err := db.pool.Exec(`
		INSERT INTO audit (at, last_at, actor_id, actor_uid, subject_id, subject_uid, action, outcome, address, user_agent,
			detail, request_id)
		SELECT at, at, n % 50, '', n % 60, '', (ARRAY['login', 'logout'])[1 + n % 2], 'success', '', '', '{}', ''
		FROM (SELECT n, $1::timestamptz - n * interval '1 minute' AS at FROM generate_series(0, $2 - 1) AS n) AS entries`, now, n)
	if err != nil {
		t.Fatal(err)
	}
}

func kept(t *testing.T, db *DB) (n int) {
	t.Helper()
	if err := db.pool.QueryRow("SELECT count(*) FROM audit").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func swept(t *testing.T) {
	db := migrated(t)
	now := time.Now()
	db.now = func() time.Time { return now }
	old(t, db, 3*sweepBatch, now)
	if err := holding(t, db, func() { sweepOver(db, time.Hour) }); err != nil || kept(t, db) != 3*sweepBatch {
		t.Errorf("%v, %d are left by a replica while another sweeps", err, kept(t, db))
	}
	sweepOver(db, time.Hour)
	if got := kept(t, db); got != 61 {
		t.Errorf("%d are left, want those of the last hour", got)
	}
	now = now.Add(30 * time.Minute)
	sweepOver(db, time.Hour) // the lock was given back
	if got := kept(t, db); got != 31 {
		t.Errorf("%d are left half an hour later", got)
	}
}

// sweepOver sweeps once.
func sweepOver(db *DB, retention time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	done, ticks := make(chan struct{}), make(chan time.Time)
	go func() { defer close(done); db.Sweep(ctx, retention, ticks, slog.New(slog.DiscardHandler)) }()
	ticks <- time.Time{} // is taken when the first sweep is over; the next finds nothing, or is cancelled
	cancel()
	<-done
}

// holding does something while another replica sweeps.
func holding(t *testing.T, db *DB, do func()) error {
	t.Helper()
	tx, err := db.pool.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("SELECT pg_advisory_xact_lock($1)", int64(sweepLock)); err != nil {
		return err
	}
	do()
	return nil
}
