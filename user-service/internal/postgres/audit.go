package postgres

import (
	"context"
	"database/sql"
	"encoding/json"

	"gatehouse/user-service/internal/user"
)

// detail is what an audit entry says of the change itself: names of members and roles, never a password or a hash.
type detail map[string]any

// succeeded is the outcome of an entry that is written in the transaction of its change.
const succeeded = "success"

// record writes an audit entry into the transaction of the change.
func (d *DB) record(ctx context.Context, tx *sql.Tx, by user.Actor, subject user.User, action string, what detail) error {
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
	actor := sql.NullInt64{Int64: by.ID, Valid: by.ID != 0}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO audit (at, last_at, actor_id, actor_uid, subject_id, subject_uid, action, outcome, address, user_agent,
			detail, request_id)
		VALUES ($1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		d.now(), actor, by.UID, subject.ID, subject.UID, action, succeeded, by.Origin.Address, by.Origin.Agent, string(text),
		by.Origin.RequestID)
	return translate(err)
}

// recordChange writes one entry for each kind of change, so that each can be looked for by its action.
func (d *DB) recordChange(ctx context.Context, tx *sql.Tx, by user.Actor, was, is user.Account) error {
	type entry struct {
		action string
		what   detail
	}
	var entries []entry
	if fields := changedFields(was, is); len(fields) > 0 {
		entries = append(entries, entry{"update", detail{"fields": fields}})
	}
	if was.Role != is.Role {
		entries = append(entries, entry{"role", detail{"from": was.Role, "to": is.Role}})
	}
	if was.Hash != is.Hash {
		entries = append(entries, entry{"password", detail{}})
	}
	for _, e := range entries {
		if err := d.record(ctx, tx, by, is.User, e.action, e.what); err != nil {
			return err
		}
	}
	return nil
}

func changedFields(was, is user.Account) (fields []string) {
	for _, f := range []struct {
		name    string
		changed bool
	}{
		{"name", was.Name != is.Name},
		{"email", was.Email != is.Email},
		{"pfp", was.Picture != is.Picture},
		{"disabled", was.Disabled != is.Disabled},
	} {
		if f.changed {
			fields = append(fields, f.name)
		}
	}
	return fields
}
