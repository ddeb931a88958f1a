package postgres

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"gatehouse/internal/principal"
	"gatehouse/user-service/internal/user"
)

var _ user.Store = (*DB)(nil)

// row is a *sql.Row or *sql.Rows.
type row interface{ Scan(...any) error }

func scanUser(r row) (u user.User, err error) {
	return u, translate(r.Scan(fields(&u)...))
}

func scanAccount(r row) (a user.Account, err error) {
	return a, translate(r.Scan(append(fields(&a.User), &a.Hash)...))
}

// fields are where the columns of a user go, in the order of every query here.
func fields(u *user.User) []any {
	return []any{
		&u.ID, &u.UID, &u.Name, &u.Email, &u.Confirmed, &u.Pending, &u.Role, &u.Picture, &u.Disabled, &u.CreatedAt, &u.UpdatedAt,
		&u.Epoch, &u.Kept,
	}
}

// Create implements user.Store.
func (d *DB) Create(ctx context.Context, by user.Actor, a user.Account) (created user.User, err error) {
	err = d.transact(ctx, func(tx *sql.Tx) error {
		created, err = scanUser(tx.QueryRowContext(ctx, `
			INSERT INTO users (uid, uid_key, name, name_key, email, email_key, role, pfp, password_hash, disabled, created_at,
				updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
			RETURNING id, uid, name, email, email_verified, email_pending, role, pfp, disabled, created_at, updated_at, epoch,
			kept_session`,
			a.UID, user.Fold(a.UID), a.Name, user.Fold(a.Name), a.Email, user.Fold(a.Email), a.Role, a.Picture, a.Hash,
			a.Disabled, d.now()))
		if err != nil {
			return err
		}
		return d.follow(ctx, tx, user.Created(by, created, d.now()))
	})
	return created, err
}

// ByID implements user.Store.
func (d *DB) ByID(ctx context.Context, id int64) (user.User, error) {
	return scanUser(d.pool.QueryRowContext(ctx, `
		SELECT id, uid, name, email, email_verified, email_pending, role, pfp, disabled, created_at, updated_at, epoch,
			kept_session
		FROM users WHERE id = $1`, id))
}

// ByUID implements user.Store.
func (d *DB) ByUID(ctx context.Context, uid string) (user.Account, error) {
	return scanAccount(d.pool.QueryRowContext(ctx, `
		SELECT id, uid, name, email, email_verified, email_pending, role, pfp, disabled, created_at, updated_at, epoch,
			kept_session, password_hash
		FROM users WHERE uid_key = $1`, user.Fold(uid)))
}

// Rehash implements user.Store. It is no change of the account, so neither updated_at nor the audit tells of it.
func (d *DB) Rehash(ctx context.Context, id int64, old, hash string) (bool, error) {
	result, err := d.pool.ExecContext(ctx, `
		UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2`, id, old, hash)
	if err != nil {
		return false, translate(err)
	}
	n, err := result.RowsAffected()
	return n == 1, translate(err)
}

// SignedIn implements user.Store. The account of a person who signs in often is written once a minute.
func (d *DB) SignedIn(ctx context.Context, e user.Entry) error {
	return d.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE users SET last_login_at = $2
			WHERE id = $1 AND (last_login_at IS NULL OR last_login_at < $3)`, e.SubjectID, e.At, e.At.Add(-time.Minute))
		if err != nil {
			return translate(err)
		}
		return record(ctx, tx, e)
	})
}

// Find implements user.Store.
func (d *DB) Find(ctx context.Context, typed string, limit int) ([]user.User, error) {
	return users(d.pool.QueryContext(ctx, `
		SELECT id, uid, name, email, email_verified, email_pending, role, pfp, disabled, created_at, updated_at, epoch,
			kept_session
		FROM users WHERE (uid_key = $1 OR email_key = $1 AND email_key <> '') AND NOT disabled
		ORDER BY uid_key = $1 DESC, id LIMIT $2`, user.Fold(typed), limit))
}

// StandIn implements user.Store. Behind the last place the ring begins anew.
func (d *DB) StandIn(ctx context.Context, place int64) (hash string, err error) {
	err = d.pool.QueryRowContext(ctx, `
		SELECT coalesce(
			(SELECT password_hash FROM users WHERE ring >= $1 AND password_hash <> '' ORDER BY ring LIMIT 1),
			(SELECT password_hash FROM users WHERE password_hash <> '' ORDER BY ring LIMIT 1),
			'')`, place).Scan(&hash)
	return hash, translate(err)
}

// HasAdmin implements user.Store.
func (d *DB) HasAdmin(ctx context.Context) (exists bool, err error) {
	err = d.pool.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM users WHERE role = $1)`, principal.RoleAdmin).Scan(&exists)
	return exists, translate(err)
}

// List implements user.Store.
func (d *DB) List(ctx context.Context, p user.Page) ([]user.User, error) {
	return users(d.page(ctx, p))
}

// users are what a query gives.
func users(rows *sql.Rows, err error) ([]user.User, error) { return collect(rows, err, scanUser) }

// collect scans all rows of a query.
func collect[T any](rows *sql.Rows, err error, scan func(row) (T, error)) (all []T, _ error) {
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, translate(rows.Err())
}

func (d *DB) page(ctx context.Context, p user.Page) (*sql.Rows, error) {
	if p.Search == "" {
		return d.pool.QueryContext(ctx, `
			SELECT id, uid, name, email, email_verified, email_pending, role, pfp, disabled, created_at, updated_at, epoch,
			kept_session
			FROM users WHERE uid_key > $1 ORDER BY uid_key LIMIT $2`, p.After, p.Limit)
	}
	return d.pool.QueryContext(ctx, `
		SELECT id, uid, name, email, email_verified, email_pending, role, pfp, disabled, created_at, updated_at, epoch,
			kept_session
		FROM users WHERE uid_key > $1 AND (uid_key LIKE $3 OR name_key LIKE $3)
		ORDER BY uid_key LIMIT $2`, p.After, p.Limit, containing(p.Search))
}

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// containing is the LIKE pattern for a text that holds another.
func containing(s string) string { return "%" + likeEscapes.Replace(s) + "%" }
