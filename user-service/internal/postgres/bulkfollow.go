package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"

	"github.com/lib/pq"

	"gatehouse/internal/authapi"
	"gatehouse/user-service/internal/user"
)

// followMany writes what new accounts bring about, in one statement for each table.
func (d *DB) followMany(ctx context.Context, tx *sql.Tx, by user.Actor, created []user.Newcomer) error {
	var links []user.KeptLink
	var all user.Consequences
	for _, n := range created {
		if n.Link != nil {
			link := *n.Link
			link.Subject = n.User.ID
			links = append(links, link)
		}
		then := user.Arrived(by, n, d.now())
		all.Entries, all.Changes = append(all.Entries, then.Entries...), append(all.Changes, then.Changes...)
	}
	if err := d.recordMany(ctx, tx, by, all.Entries); err != nil {
		return err
	}
	if err := d.recordImport(ctx, tx, by, len(created)); err != nil {
		return err
	}
	if err := insertLinks(ctx, tx, links...); err != nil {
		return err
	}
	return d.queueMany(ctx, tx, all.Changes)
}

// recordMany writes what one actor has done to many.
func (d *DB) recordMany(ctx context.Context, tx *sql.Tx, by user.Actor, entries []user.Entry) error {
	var ids pq.Int64Array
	var uids, actions, details pq.StringArray
	for _, e := range entries {
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return err
		}
		ids, uids = append(ids, e.SubjectID), append(uids, e.SubjectUID)
		actions, details = append(actions, e.Action), append(details, string(detail))
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO audit (at, last_at, actor_id, actor_uid, subject_id, subject_uid, action, outcome, address, user_agent,
			detail, request_id)
		SELECT $1, $1, $2, $3, id, uid, action, $4, $5, $6, detail::jsonb, $7
		FROM unnest($8::bigint[], $9::text[], $10::text[], $11::text[]) AS n (id, uid, action, detail)`,
		d.now(), number(by.ID), by.UID, user.Success, by.Origin.Address, by.Origin.Agent, by.Origin.RequestID,
		ids, uids, actions, details)
	return translate(err)
}

// recordImport counts the accounts into the one audit entry of the import.
func (d *DB) recordImport(ctx context.Context, tx *sql.Tx, by user.Actor, accounts int) error {
	if accounts == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO audit (at, last_at, actor_id, actor_uid, subject_uid, action, outcome, address, user_agent, detail,
			request_id, count, fold_key)
		VALUES ($1, $1, $2, $3, '', $4, $5, $6, $7, '{}', $8, $9, $10)
		ON CONFLICT (fold_key) WHERE fold_key IS NOT NULL
		DO UPDATE SET count = audit.count + EXCLUDED.count, last_at = EXCLUDED.last_at`,
		d.now(), number(by.ID), by.UID, user.ActionImport, user.Success, by.Origin.Address, by.Origin.Agent,
		by.Origin.RequestID, accounts, user.ActionImport+" "+by.Origin.RequestID)
	return translate(err)
}

// queueMany leaves changes for auth-service.
func (d *DB) queueMany(ctx context.Context, tx *sql.Tx, changes []authapi.Change) error {
	var subjects pq.Int64Array
	var texts pq.StringArray
	for _, change := range changes {
		text, err := json.Marshal(change)
		if err != nil {
			return err
		}
		subject, err := strconv.ParseInt(change.Subject, 10, 64)
		if err != nil {
			return err
		}
		subjects, texts = append(subjects, subject), append(texts, string(text))
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO outbox (at, subject_id, change, due)
		SELECT $1, subject, change::jsonb, $1 FROM unnest($2::bigint[], $3::text[]) AS n (subject, change)`,
		d.now(), subjects, texts)
	return translate(err)
}
