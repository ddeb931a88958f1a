package postgres

import (
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
)

func searchPlan(t *testing.T) {
	db := migrated(t)
	_, err := db.pool.Exec(`
		INSERT INTO users (uid, uid_key, name, name_key, role, password_hash, created_at, updated_at)
		SELECT 'u' || n, 'u' || n, md5(n::text), md5(n::text), 'User', '', now(), now() FROM generate_series(1, 20000) n`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.pool.Exec("VACUUM ANALYZE users"); err != nil { // the index has a list of what is new, and that is costly
		t.Fatal(err)
	}
	plan := explained(t, db, `
		SELECT id FROM users WHERE uid_key > '' AND (uid_key LIKE '%c4ca4238a%' OR name_key LIKE '%c4ca4238a%')
		ORDER BY uid_key LIMIT 51`)
	if !strings.Contains(plan, "users_search") {
		t.Error(plan)
	}
}

// explained is how a query would be done if no table might be read as a whole, which is what is done with small ones.
func explained(t *testing.T, db *DB, query string) string {
	t.Helper()
	tx, err := db.pool.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("SET LOCAL enable_seqscan = off"); err != nil {
		t.Fatal(err)
	}
	rows, err := tx.Query("EXPLAIN " + query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	return plan.String()
}

// auditPlan: a page of 50 reads entries of about that number, whatever is asked for.
func auditPlan(t *testing.T) {
	db := migrated(t)
	now := time.Now()
	old(t, db, 30000, now)
	if _, err := db.pool.Exec("VACUUM ANALYZE audit"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		query, action string
		from          time.Time
		more          []any
		index         string
	}{
		"everybody":      {everybodys, "", time.Time{}, nil, "audit_at"},
		"since a moment": {everybodys, "", now.Add(-time.Hour), nil, "audit_at"},
		"an action":      {everybodys, "create", time.Time{}, nil, "audit_action"},
		"about somebody": {somebodys, "", time.Time{}, []any{pq.Array([]int64{7})}, "audit_subject"},
		"by somebody":    {somebodys, "", time.Time{}, []any{pq.Array([]int64{7})}, "audit_actor"},
	} {
		args := append([]any{c.from, always, now, 0, c.action, "", 50}, c.more...)
		rows, err := db.pool.Query("EXPLAIN "+c.query, args...)
		plan, err := collect(rows, err, func(r row) (line string, err error) { return line, r.Scan(&line) })
		if text := strings.Join(plan, "\n"); err != nil || !strings.Contains(text, c.index) || strings.Contains(text, "Seq Scan") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}
