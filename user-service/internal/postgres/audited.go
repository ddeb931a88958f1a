package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lib/pq"

	"gatehouse/user-service/internal/user"
)

// always is later than everything.
var always = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

// The parts of the queries for entries. What is selected by them follows one index, newest first, up to the limit.
const (
	selected = `
		SELECT id, at, last_at, count, action, outcome, coalesce(actor_id, 0), actor_uid, coalesce(subject_id, 0),
			subject_uid, address, user_agent, request_id, detail
		FROM audit WHERE id IN (`
	filtered = `
		at >= $1 AND at < $2 AND (at, id) < ($3, $4) AND ($5 = '' OR action = $5) AND ($6 = '' OR outcome = $6)`
	newest = `
		ORDER BY at DESC, id DESC LIMIT $7`

	everybodys = selected + `SELECT id FROM audit WHERE ` + filtered + newest + `)` + newest
	somebodys  = selected + `
		SELECT found.id FROM unnest($8::bigint[]) AS person, LATERAL (
			(SELECT id FROM audit WHERE subject_id = person AND ` + filtered + newest + `) UNION ALL
			(SELECT id FROM audit WHERE actor_id = person AND ` + filtered + newest + `)
		) AS found)` + newest
)

// Audit implements user.Store.
func (d *DB) Audit(ctx context.Context, q user.Query) ([]user.Entry, error) {
	if q.Before == (user.Mark{}) {
		q.Before.At = always
	}
	if q.To.IsZero() {
		q.To = always
	}
	args := []any{q.From, q.To, q.Before.At, q.Before.ID, q.Action, q.Outcome, q.Limit}
	if q.Person == 0 && q.UID == "" {
		rows, err := d.pool.QueryContext(ctx, everybodys, args...)
		return collect(rows, err, scanEntry)
	}
	people, err := d.people(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := d.pool.QueryContext(ctx, somebodys, append(args, pq.Array(people))...)
	return collect(rows, err, scanEntry)
}

// people are the ids that a query is about: a uid may have had another account before, which was deleted.
func (d *DB) people(ctx context.Context, q user.Query) ([]int64, error) {
	if q.UID == "" {
		return []int64{q.Person}, nil
	}
	rows, err := d.pool.QueryContext(ctx, `
		SELECT id FROM users WHERE uid_key = $1
		UNION SELECT subject_id FROM audit
		WHERE action = $2 AND outcome = $3 AND lower(subject_uid) = lower($4)`,
		user.Fold(q.UID), user.ActionDelete, user.Success, q.UID)
	return collect(rows, err, func(r row) (id int64, err error) { return id, translate(r.Scan(&id)) })
}

func scanEntry(r row) (e user.Entry, err error) {
	var detail []byte
	err = r.Scan(&e.ID, &e.At, &e.LastAt, &e.Count, &e.Action, &e.Outcome, &e.ActorID, &e.ActorUID, &e.SubjectID,
		&e.SubjectUID, &e.Origin.Address, &e.Origin.Agent, &e.Origin.RequestID, &detail)
	if err != nil {
		return e, translate(err)
	}
	return e, json.Unmarshal(detail, &e.Detail)
}
