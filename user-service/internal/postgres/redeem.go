package postgres

import (
	"context"
	"database/sql"

	"github.com/lib/pq"

	"gatehouse/user-service/internal/user"
)

// UseLink implements user.Links. Whoever touches links locks their user first: of several who use one link at once, the
// others wait here, and find it gone.
func (d *DB) UseLink(
	ctx context.Context, id string, use func(user.KeptLink, user.Account) (user.Use, error),
) (changed user.User, err error) {
	err = d.transact(ctx, func(tx *sql.Tx) error {
		var subject int64
		err := tx.QueryRowContext(ctx, `SELECT subject_id FROM onetime WHERE id = $1`, id).Scan(&subject)
		if err != nil {
			return translate(err)
		}
		was, err := lockByID(ctx, tx, subject)
		if err != nil {
			return err
		}
		link, err := d.takeLink(ctx, tx, id, was.Epoch)
		if err != nil {
			return err
		}
		used, err := use(link, was)
		if err != nil {
			return err
		}
		changed, err = d.use(ctx, tx, was, used)
		return err
	})
	return changed, err
}

// takeLink removes a link that is still live, and gives it.
func (d *DB) takeLink(ctx context.Context, tx *sql.Tx, id string, epoch int64) (l user.KeptLink, err error) {
	return l, translate(tx.QueryRowContext(ctx, `
		DELETE FROM onetime WHERE id = $1 AND expires_at > $2 AND (epoch = $3 OR kind = 'verification')
		RETURNING id, subject_id, kind, email, secret_hash, code_hash, created_at, expires_at`,
		id, d.now(), epoch).Scan(linkFields(&l)...))
}

// use writes what a link has done.
func (d *DB) use(ctx context.Context, tx *sql.Tx, was user.Account, used user.Use) (user.User, error) {
	_, err := tx.ExecContext(ctx, `DELETE FROM onetime WHERE subject_id = $1 AND kind = ANY ($2)`, was.ID, pq.Array(used.Ends))
	if err != nil {
		return user.User{}, translate(err)
	}
	changed, err := d.save(ctx, tx, was, used.Account)
	if err != nil {
		return user.User{}, err
	}
	return changed, d.follow(ctx, tx, used.Consequences)
}
