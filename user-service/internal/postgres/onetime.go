package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"gatehouse/user-service/internal/user"
)

// AddLink implements user.Links. The lock on the user lets nobody add another meanwhile.
func (d *DB) AddLink(ctx context.Context, l user.KeptLink, most int, entries ...user.Entry) error {
	return d.transact(ctx, func(tx *sql.Tx) error {
		if _, err := lockByID(ctx, tx, l.Subject); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			DELETE FROM onetime WHERE id IN (
				SELECT id FROM onetime
				WHERE subject_id = $1 AND kind = $2 AND (email = '') = ($3 = '') AND expires_at > $4
				ORDER BY created_at DESC, id OFFSET $5)`, l.Subject, l.Kind, l.Email, d.now(), most-1)
		if err != nil {
			return translate(err)
		}
		if err := insertLinks(ctx, tx, l); err != nil {
			return err
		}
		return d.follow(ctx, tx, user.Consequences{Entries: entries})
	})
}

// insertLinks keeps links, each in the epoch of its user.
func insertLinks(ctx context.Context, tx *sql.Tx, links ...user.KeptLink) error {
	var ids, kinds, emails pq.StringArray
	var subjects pq.Int64Array
	var secrets, codes pq.ByteaArray
	var created, expires []time.Time
	for _, l := range links {
		ids, subjects = append(ids, l.ID), append(subjects, l.Subject)
		kinds, emails = append(kinds, l.Kind), append(emails, l.Email)
		secrets, codes = append(secrets, l.SecretHash), append(codes, l.CodeHash)
		created, expires = append(created, l.CreatedAt), append(expires, l.ExpiresAt)
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO onetime (id, subject_id, kind, email, secret_hash, code_hash, epoch, created_at, expires_at)
		SELECT n.id, subject_id, kind, n.email, secret_hash, code_hash, epoch, n.created_at, expires_at
		FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::timestamptz[],
			$8::timestamptz[]) AS n (id, subject_id, kind, email, secret_hash, code_hash, created_at, expires_at)
		JOIN users ON users.id = subject_id`,
		ids, subjects, kinds, emails, secrets, codes, pq.Array(created), pq.Array(expires))
	return translate(err)
}

// lockByID gives an account that can act, and keeps it from changing.
func lockByID(ctx context.Context, tx *sql.Tx, id int64) (user.Account, error) {
	return scanAccount(tx.QueryRowContext(ctx, `
		SELECT id, uid, name, email, email_verified, email_pending, role, pfp, disabled, created_at, updated_at, epoch,
			kept_session, password_hash
		FROM users WHERE id = $1 AND NOT disabled FOR UPDATE`, id))
}

// LiveLink implements user.Links.
func (d *DB) LiveLink(ctx context.Context, id string) (user.LiveLink, error) {
	return scanLiveLink(d.pool.QueryRowContext(ctx, `
		SELECT o.id, o.subject_id, o.kind, o.email, o.secret_hash, o.code_hash, o.created_at, o.expires_at,
			u.id, u.uid, u.name, u.email, u.email_verified, u.email_pending, u.role, u.pfp, u.disabled, u.created_at,
			u.updated_at, u.epoch, u.kept_session
		FROM onetime o JOIN users u ON u.id = o.subject_id
		WHERE o.id = $1 AND o.expires_at > $2 AND (o.epoch = u.epoch OR o.kind = 'verification') AND NOT u.disabled`,
		id, d.now()))
}

// LiveLinks implements user.Links.
func (d *DB) LiveLinks(ctx context.Context, typed string, most int) ([]user.LiveLink, error) {
	rows, err := d.pool.QueryContext(ctx, `
		SELECT o.id, o.subject_id, o.kind, o.email, o.secret_hash, o.code_hash, o.created_at, o.expires_at,
			u.id, u.uid, u.name, u.email, u.email_verified, u.email_pending, u.role, u.pfp, u.disabled, u.created_at,
			u.updated_at, u.epoch, u.kept_session
		FROM users u JOIN onetime o ON o.subject_id = u.id
		WHERE (u.uid_key = $1 OR u.email_key = $1 AND u.email_key <> '') AND NOT u.disabled
			AND o.expires_at > $2 AND o.epoch = u.epoch AND o.kind <> 'verification'
		ORDER BY u.uid_key = $1 DESC, o.created_at DESC LIMIT $3`, user.Fold(typed), d.now(), most)
	return collect(rows, err, scanLiveLink)
}

func scanLiveLink(r row) (live user.LiveLink, err error) {
	return live, translate(r.Scan(append(linkFields(&live.Link), fields(&live.User)...)...))
}

// linkFields are where the columns of a link go, in the order of every query here.
func linkFields(l *user.KeptLink) []any {
	return []any{&l.ID, &l.Subject, &l.Kind, &l.Email, &l.SecretHash, &l.CodeHash, &l.CreatedAt, &l.ExpiresAt}
}

// DropLinks implements user.Links.
func (d *DB) DropLinks(ctx context.Context, most int) (int, error) {
	result, err := d.pool.ExecContext(ctx, `
		DELETE FROM onetime WHERE id IN (
			SELECT id FROM onetime WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`, d.now(), most)
	if err != nil {
		return 0, translate(err)
	}
	n, err := result.RowsAffected()
	return int(n), translate(err)
}
