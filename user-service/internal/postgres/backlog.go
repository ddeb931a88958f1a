package postgres

import (
	"context"
	"database/sql"
	"time"
)

// Backlog is how many changes auth-service has not acknowledged yet, and for how long the oldest of them has waited.
func (d *DB) Backlog(ctx context.Context) (changes int64, oldest time.Duration, err error) {
	var since sql.NullTime
	err = d.pool.QueryRowContext(ctx, `SELECT count(*), min(at) FROM outbox`).Scan(&changes, &since)
	if err != nil {
		return 0, 0, translate(err)
	}
	if since.Valid {
		oldest = max(d.now().Sub(since.Time), 0)
	}
	return changes, oldest, nil
}

// Stats are those of the connections.
func (d *DB) Stats() sql.DBStats { return d.pool.Stats() }
