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

// followMany writes what comes with new accounts: the audit, and what invites their people.
func (d *DB) followMany(ctx context.Context, tx *sql.Tx, by user.Actor, created []user.Newcomer) error {
	var links []user.KeptLink
	var invited []user.Newcomer
	for _, n := range created {
		if n.Link != nil {
			link := *n.Link
			link.Subject = n.User.ID
			links = append(links, link)
		}
		if n.Mail {
			invited = append(invited, n)
		}
	}
	if err := d.recordMany(ctx, tx, by, created); err != nil {
		return err
	}
	if err := d.recordImport(ctx, tx, by, len(created)); err != nil {
		return err
	}
	if err := insertLinks(ctx, tx, links...); err != nil {
		return err
	}
	return d.enqueueInvitations(ctx, tx, invited)
}

// recordMany writes an audit entry for each account.
func (d *DB) recordMany(ctx context.Context, tx *sql.Tx, by user.Actor, created []user.Newcomer) error {
	var ids pq.Int64Array
	var uids, details pq.StringArray
	for _, n := range created {
		what := detail{"role": n.Role}
		if n.Link != nil || n.Mail {
			what["invited"] = true
		}
		text, err := json.Marshal(what)
		if err != nil {
			return err
		}
		ids, uids, details = append(ids, n.User.ID), append(uids, n.UID), append(details, string(text))
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO audit (at, last_at, actor_id, actor_uid, subject_id, subject_uid, action, outcome, address, user_agent,
			detail, request_id)
		SELECT $1, $1, $2, $3, id, uid, 'create', $4, $5, $6, detail::jsonb, $7
		FROM unnest($8::bigint[], $9::text[], $10::text[]) AS n (id, uid, detail)`,
		d.now(), by.ID, by.UID, succeeded, by.Origin.Address, by.Origin.Agent, by.Origin.RequestID, ids, uids, details)
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
		VALUES ($1, $1, $2, $3, '', 'import', $4, $5, $6, '{}', $7, $8, 'import ' || $7)
		ON CONFLICT (fold_key) WHERE fold_key IS NOT NULL
		DO UPDATE SET count = audit.count + EXCLUDED.count, last_at = EXCLUDED.last_at`,
		d.now(), by.ID, by.UID, succeeded, by.Origin.Address, by.Origin.Agent, by.Origin.RequestID, accounts)
	return translate(err)
}

// enqueueInvitations asks auth-service to mail a link to each.
func (d *DB) enqueueInvitations(ctx context.Context, tx *sql.Tx, invited []user.Newcomer) error {
	var ids pq.Int64Array
	var changes pq.StringArray
	for _, n := range invited {
		text, err := json.Marshal(authapi.Change{
			Subject: strconv.FormatInt(n.User.ID, 10), Kind: authapi.NoticeOnly,
			Notices: []authapi.Notice{{Kind: authapi.NoticeInvitation, To: n.Email, Name: n.Name, UID: n.UID}},
		})
		if err != nil {
			return err
		}
		ids, changes = append(ids, n.User.ID), append(changes, string(text))
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO outbox (at, subject_id, change, due)
		SELECT $1, id, change::jsonb, $1 FROM unnest($2::bigint[], $3::text[]) AS n (id, change)`, d.now(), ids, changes)
	return translate(err)
}
