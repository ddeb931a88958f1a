package postgres

import (
	"context"
	"database/sql"

	"github.com/lib/pq"

	"gatehouse/user-service/internal/user"
)

// takenUIDs asks for each key by itself, and for a range of one: for many equal ones the planner likes the index of the
// search, which is a thousand times slower at that.
const takenUIDs = `
	SELECT found.uid_key FROM unnest($1::text[]) AS key, LATERAL (
		SELECT uid_key FROM users WHERE uid_key >= key COLLATE "C" AND uid_key <= key COLLATE "C" ORDER BY uid_key LIMIT 1
	) AS found`

// Taken implements user.Bulk.
func (d *DB) Taken(ctx context.Context, uids []string) (map[string]bool, error) {
	rows, err := d.pool.QueryContext(ctx, takenUIDs, pq.Array(uids))
	keys, err := collect(rows, err, scanText)
	taken := make(map[string]bool, len(keys))
	for _, key := range keys {
		taken[key] = true
	}
	return taken, err
}

func scanText(r row) (s string, err error) { return s, translate(r.Scan(&s)) }

// CreateMany implements user.Bulk.
func (d *DB) CreateMany(ctx context.Context, by user.Actor, batch []user.Newcomer) (made map[string]bool, err error) {
	err = d.transact(ctx, func(tx *sql.Tx) error {
		ids, err := d.insertMany(ctx, tx, batch)
		if err != nil {
			return err
		}
		made = make(map[string]bool, len(ids))
		var created []user.Newcomer
		for _, n := range batch {
			key := user.Fold(n.UID)
			if n.User.ID, made[key] = ids[key]; made[key] {
				created = append(created, n)
			}
		}
		return d.followMany(ctx, tx, by, created)
	})
	return made, err
}

// insertMany adds what accounts it can, in the order of their keys, so that two imports never wait for each other in a
// circle. It gives their ids by folded uid.
func (d *DB) insertMany(ctx context.Context, tx *sql.Tx, batch []user.Newcomer) (map[string]int64, error) {
	columns := columnsOf(batch)
	rows, err := tx.QueryContext(ctx, `
		INSERT INTO users (uid, uid_key, name, name_key, email, email_key, role, password_hash, created_at, updated_at)
		SELECT uid, uid_key, name, name_key, email, email_key, role, password_hash, $9, $9
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
			AS n (uid, uid_key, name, name_key, email, email_key, role, password_hash)
		ORDER BY uid_key COLLATE "C"
		ON CONFLICT (uid_key) DO NOTHING
		RETURNING uid_key, id`,
		append(columns, d.now())...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	ids := make(map[string]int64, len(batch))
	for rows.Next() {
		var key string
		var id int64
		if err := rows.Scan(&key, &id); err != nil {
			return nil, translate(err)
		}
		ids[key] = id
	}
	return ids, translate(rows.Err())
}

// columnsOf are the members of accounts as one array for each column.
func columnsOf(batch []user.Newcomer) []any {
	members := [8]pq.StringArray{}
	for _, n := range batch {
		for i, value := range []string{
			n.UID, user.Fold(n.UID), n.Name, user.Fold(n.Name), n.Email, user.Fold(n.Email), n.Role, n.Hash,
		} {
			members[i] = append(members[i], value)
		}
	}
	columns := make([]any, len(members))
	for i, column := range members {
		columns[i] = column
	}
	return columns
}
