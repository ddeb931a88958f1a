package postgres

import (
	"context"
	"database/sql"

	"gatehouse/internal/principal"
	"gatehouse/user-service/internal/user"
)

// adminLock is the advisory lock under which the number of Admins goes down: "admins" in ASCII.
const adminLock = 0x61646d696e73

// Update implements user.Store.
func (d *DB) Update(ctx context.Context, by user.Actor, uid string, edit user.Edit) (changed user.User, err error) {
	err = d.transact(ctx, func(tx *sql.Tx) error {
		was, err := lockAccount(ctx, tx, uid)
		if err != nil {
			return err
		}
		is, err := edit(was)
		if err != nil {
			return err
		}
		if err := keepAdmin(ctx, tx, was.User, is.User); err != nil {
			return err
		}
		then := user.Changed(by, was, is, d.now())
		changed, err = d.save(ctx, tx, was, then.Account)
		if err != nil {
			return err
		}
		return d.follow(ctx, tx, then)
	})
	return changed, err
}

// follow writes what a change brings about into its transaction.
func (d *DB) follow(ctx context.Context, tx *sql.Tx, c user.Consequences) error {
	for _, e := range c.Entries {
		if err := record(ctx, tx, e); err != nil {
			return err
		}
	}
	for _, change := range c.Changes {
		if err := d.queue(ctx, tx, change); err != nil {
			return err
		}
	}
	return nil
}

func lockAccount(ctx context.Context, tx *sql.Tx, uid string) (user.Account, error) {
	return scanAccount(tx.QueryRowContext(ctx, `
		SELECT id, uid, name, email, email_verified, email_pending, role, pfp, disabled, created_at, updated_at, epoch,
			kept_session, password_hash
		FROM users WHERE uid_key = $1 FOR UPDATE`, user.Fold(uid)))
}

// save writes an account. One that did not change keeps its time of change.
func (d *DB) save(ctx context.Context, tx *sql.Tx, was, is user.Account) (user.User, error) {
	if is == was {
		return is.User, nil
	}
	return scanUser(tx.QueryRowContext(ctx, `
		UPDATE users SET name = $2, name_key = $3, email = $4, email_key = $5, email_verified = $6, email_pending = $7,
			role = $8, pfp = $9, password_hash = $10, disabled = $11, epoch = $12, kept_session = $13, updated_at = $14
		WHERE id = $1
		RETURNING id, uid, name, email, email_verified, email_pending, role, pfp, disabled, created_at, updated_at, epoch,
			kept_session`,
		is.ID, is.Name, user.Fold(is.Name), is.Email, user.Fold(is.Email), is.Confirmed, is.Pending, is.Role, is.Picture,
		is.Hash, is.Disabled, is.Epoch, is.Kept, d.now()))
}

// Delete implements user.Store.
func (d *DB) Delete(ctx context.Context, by user.Actor, uid string) error {
	return d.transact(ctx, func(tx *sql.Tx) error {
		was, err := lockAccount(ctx, tx, uid)
		if err != nil {
			return err
		}
		if err := keepAdmin(ctx, tx, was.User, user.User{}); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM users WHERE id = $1`, was.ID); err != nil {
			return translate(err)
		}
		return d.follow(ctx, tx, user.Deleted(by, was.User, d.now()))
	})
}

// keepAdmin refuses a change that would leave no Admin who can act. Two that each would leave the other's target are told
// apart by the lock: it is held until the commit, and the count behind it sees what was committed before.
func keepAdmin(ctx context.Context, tx *sql.Tx, was, is user.User) error {
	if !user.LosesAdmin(was, is) {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(adminLock)); err != nil {
		return translate(err)
	}
	var others bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT FROM users WHERE role = $1 AND NOT disabled AND id <> $2)`,
		principal.RoleAdmin, was.ID).Scan(&others)
	if err == nil && !others {
		return user.ErrLastAdmin
	}
	return translate(err)
}
