package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/user-service/internal/user"
)

const (
	// maxDeliveries is how many connections may wait for auth-service at a time: one that hangs must not take them all.
	maxDeliveries = 5
	// batch is how many changes one call brings.
	batch = 20
	// firstRetry is the wait after a failed delivery. It doubles with each, up to maxRetry.
	firstRetry = time.Second
	maxRetry   = time.Minute
)

// queue writes a change into the transaction of its cause. Whoever writes one holds the subject's row, so the ids of one
// subject are in the order of the commits.
func (d *DB) queue(ctx context.Context, tx *sql.Tx, change authapi.Change) error {
	data, err := json.Marshal(change)
	if err != nil {
		return err
	}
	subject, err := strconv.ParseInt(change.Subject, 10, 64)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO outbox (at, subject_id, change, due) VALUES ($1, $2, $3, $1)`,
		d.now(), subject, string(data))
	return translate(err)
}

// Outbox brings queued changes to auth-service: at least once each, and those of one subject in their order. A change is
// locked while it is on its way, and deleted when it was acknowledged; so replicas can share the work, and one that dies
// leaves everything as it was.
type Outbox struct {
	db       *DB
	sessions authapi.Sessions
	log      *slog.Logger
	slots    chan struct{}
}

var _ user.Outbox = (*Outbox)(nil)

// NewOutbox delivers the database's changes to auth-service.
func NewOutbox(db *DB, sessions authapi.Sessions, log *slog.Logger) *Outbox {
	return &Outbox{db: db, sessions: sessions, log: log, slots: make(chan struct{}, maxDeliveries)}
}

// Flush implements user.Outbox. What somebody else is delivering just now is waited for.
func (o *Outbox) Flush(ctx context.Context, subject int64) error {
	select {
	case o.slots <- struct{}{}:
		defer func() { <-o.slots }()
	case <-ctx.Done():
		return fault.Down("outbox", ctx.Err())
	}
	return o.db.transact(ctx, func(tx *sql.Tx) error { return o.deliver(ctx, tx, subject) })
}

// Run delivers what is due, now and at each tick, until the context ends.
func (o *Outbox) Run(ctx context.Context, ticks <-chan time.Time) {
	for {
		for more := true; more; {
			var err error
			if more, err = o.next(ctx); err != nil && ctx.Err() == nil {
				o.log.Warn("change not delivered", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}

// next delivers the changes of the one subject that has waited longest, and reports whether there was one. After an error
// the round is over: most likely auth-service is down.
func (o *Outbox) next(ctx context.Context) (found bool, err error) {
	var failed error
	err = o.db.transact(ctx, func(tx *sql.Tx) error {
		// Only the first of a subject counts: whoever holds it holds the subject.
		var id, subject int64
		var tries int
		err := tx.QueryRowContext(ctx, `
			SELECT id, subject_id, tries FROM outbox AS first
			WHERE due <= $1 AND NOT EXISTS (SELECT FROM outbox WHERE subject_id = first.subject_id AND id < first.id)
			ORDER BY change->>'kind' = 'notice', id LIMIT 1 FOR UPDATE SKIP LOCKED`, o.db.now()).Scan(&id, &subject, &tries)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return translate(err)
		}
		if failed = o.deliver(ctx, tx, subject); failed != nil {
			return o.postpone(ctx, tx, id, tries+1)
		}
		found = true
		return nil
	})
	err = errors.Join(failed, err)
	return found && err == nil, err
}

// deliver brings all changes of a subject to auth-service.
func (o *Outbox) deliver(ctx context.Context, tx *sql.Tx, subject int64) error {
	for {
		rows, err := tx.QueryContext(ctx, `
			SELECT id, change FROM outbox WHERE subject_id = $1 ORDER BY id LIMIT $2 FOR UPDATE`, subject, batch)
		changes, err := collect(rows, err, scanChange)
		if err != nil || len(changes) == 0 {
			return err
		}
		if err := o.sessions.Apply(ctx, changes); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM outbox WHERE subject_id = $1 AND id <= $2`,
			subject, changes[len(changes)-1].ID)
		if err != nil {
			return translate(err)
		}
	}
}

func scanChange(r row) (change authapi.Change, err error) {
	var id int64
	var data []byte
	if err := r.Scan(&id, &data); err != nil {
		return change, translate(err)
	}
	err = json.Unmarshal(data, &change)
	change.ID = id
	return change, err
}

// postpone puts off a change that could not be delivered, and with it whatever is behind it.
func (o *Outbox) postpone(ctx context.Context, tx *sql.Tx, id int64, tries int) error {
	_, err := tx.ExecContext(ctx, `UPDATE outbox SET tries = $2, due = $3 WHERE id = $1`,
		id, tries, o.db.now().Add(backoff(tries)))
	return translate(err)
}

// backoff is the wait after so many failures in a row.
func backoff(tries int) time.Duration { return min(firstRetry<<min(tries-1, 16), maxRetry) }
