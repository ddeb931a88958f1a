package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"gatehouse/user-service/internal/user"
)

// Record implements user.Store. Refusals are written in the order of their keys, so that two calls never wait for each
// other in a circle.
func (d *DB) Record(ctx context.Context, entries ...user.Entry) error {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b user.Entry) int { return cmp.Compare(a.FoldKey(), b.FoldKey()) })
	return d.transact(ctx, func(tx *sql.Tx) error {
		for _, e := range entries {
			if err := record(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// record writes an entry, or counts it into the one that has its key.
func record(ctx context.Context, tx *sql.Tx, e user.Entry) error {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO audit (at, last_at, actor_id, actor_uid, subject_id, subject_uid, action, outcome, address, user_agent,
			detail, request_id, fold_key)
		VALUES ($1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (fold_key) WHERE fold_key IS NOT NULL
		DO UPDATE SET count = audit.count + 1, last_at = greatest(audit.last_at, EXCLUDED.last_at)`,
		e.At, number(e.ActorID), e.ActorUID, number(e.SubjectID), e.SubjectUID, e.Action, e.Outcome, e.Origin.Address,
		e.Origin.Agent, string(detail), e.Origin.RequestID, text(e.FoldKey()))
	return translate(err)
}

// number and text are NULL for nothing.
func number(n int64) sql.NullInt64 { return sql.NullInt64{Int64: n, Valid: n != 0} }

func text(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
