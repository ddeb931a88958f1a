package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"log/slog"
	"time"
)

const (
	// sweepLock is the advisory lock that the one replica holds that deletes: "audit" in ASCII.
	sweepLock = 0x6175646974
	// sweepBatch is how many entries one statement deletes, so that none takes long.
	sweepBatch = 1000
)

// Sweep deletes what the audit has kept for longer than the retention, now and at each tick, until the context ends. Of
// replicas that sweep at once, one does and the others leave it to that one.
func (d *DB) Sweep(ctx context.Context, retention time.Duration, ticks <-chan time.Time, log *slog.Logger) {
	for {
		n, err := d.sweep(ctx, d.now().Add(-retention))
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Warn("audit not swept", "error", err)
		case n > 0:
			log.Info("audit swept", "entries", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}

// sweep deletes what is older, and reports how much that was.
func (d *DB) sweep(ctx context.Context, before time.Time) (deleted int64, err error) {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return 0, translate(err)
	}
	// The session ends with the work, and the lock with the session.
	defer conn.Raw(func(any) error { return driver.ErrBadConn })
	var mine bool
	err = conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(sweepLock)).Scan(&mine)
	for n := int64(sweepBatch); err == nil && mine && n == sweepBatch; deleted += n {
		n, err = sweepOnce(ctx, conn, before)
	}
	return deleted, translate(err)
}

func sweepOnce(ctx context.Context, conn *sql.Conn, before time.Time) (int64, error) {
	result, err := conn.ExecContext(ctx, `
		DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY at LIMIT $2)`, before, sweepBatch)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
