package postgres

import (
	"strings"
	"testing"
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
