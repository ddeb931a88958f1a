package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
	"gatehouse/user-service/internal/user/usertest"
)

// queued is the outbox as "subject change" lines.
func queued(t *testing.T, db *DB) (lines []string) {
	t.Helper()
	rows, err := db.pool.Query(`SELECT subject_id, change FROM outbox ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var subject int64
		var change string
		if err := rows.Scan(&subject, &change); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(subject, " ", change))
	}
	return lines
}

func linkOf(t *testing.T, db *DB, uid string) (user.User, user.KeptLink) {
	t.Helper()
	u, err := db.Create(context.Background(), user.Actor{}, usertest.Account(uid, "User"))
	if err != nil {
		t.Fatal(err)
	}
	l := usertest.Kept(u.ID, userapi.LinkReset, "")
	if err := db.AddLink(context.Background(), l, 5); err != nil {
		t.Fatal(err)
	}
	return u, l
}

func setsHash(by user.Actor) func(user.KeptLink, user.Account) (user.Use, error) {
	return func(_ user.KeptLink, a user.Account) (user.Use, error) {
		a.Hash, a.Epoch = "new", a.Epoch+1
		return user.Use{Consequences: user.Consequences{
			Account: a,
			Entries: []user.Entry{by.Did(user.ActionReset, a.User, time.Now(), user.Detail{"mailed": false})},
			Changes: []authapi.Change{{Subject: strconv.FormatInt(a.ID, 10), Kind: authapi.Credential, Epoch: a.Epoch}},
		}}, nil
	}
}

func linkAudited(t *testing.T) {
	db := migrated(t)
	u, l := linkOf(t, db, "toby")
	handed := ada.Did(user.ActionInvite, u, time.Now(), user.Detail{"kind": "reset"})
	if err := db.AddLink(context.Background(), usertest.Kept(u.ID, userapi.LinkReset, ""), 5, handed); err != nil {
		t.Fatal(err)
	}
	if _, err := db.UseLink(context.Background(), l.ID, setsHash(ada)); err != nil {
		t.Fatal(err)
	}
	const by = " 192.0.2.1 test R1"
	want := []string{
		`0  create success toby {"role": "User"}   `,
		`7 ada invite success toby {"kind": "reset"}` + by,
		`7 ada reset success toby {"mailed": false}` + by,
	}
	if got := entries(t, db); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := queued(t, db); len(got) != 1 || got[0] != fmt.Sprintf(`%[1]d {"id": 0, "kind": "credential", "epoch": 2, "subject": "%[1]d"}`, u.ID) {
		t.Errorf("queued %v", got)
	}
}

// linkFails breaks the transaction at each of its steps: the link stays good, and nothing else has happened.
func linkFails(t *testing.T) {
	db := migrated(t)
	ctx := context.Background()
	u, l := linkOf(t, db, "toby")
	for table, check := range map[string]string{
		"users": "epoch < 2", "audit": "action <> 'reset'", "outbox": "subject_id = 0",
	} {
		if _, err := db.pool.Exec("ALTER TABLE " + table + " ADD CONSTRAINT broken CHECK (" + check + ")"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.UseLink(ctx, l.ID, setsHash(ada)); err == nil || errors.Is(err, user.ErrNotFound) {
			t.Errorf("%s broken: %v", table, err)
		}
		if _, err := db.pool.Exec("ALTER TABLE " + table + " DROP CONSTRAINT broken"); err != nil {
			t.Fatal(err)
		}
		if kept, err := db.ByUID(ctx, "toby"); err != nil || kept.Hash == "new" || kept.User != u {
			t.Errorf("%s broken: kept %+v, %v", table, kept, err)
		}
		if audit, outbox := entries(t, db), queued(t, db); len(audit) != 1 || len(outbox) != 0 {
			t.Errorf("%s broken: %v, %v", table, audit, outbox)
		}
	}
	if _, err := db.UseLink(ctx, l.ID, setsHash(ada)); err != nil {
		t.Errorf("the link is lost: %v", err)
	}
}

// linkKilled: the server is killed while a link is being used.
func linkKilled(t *testing.T) {
	db := migrated(t)
	ctx := context.Background()
	_, l := linkOf(t, db, "toby")
	_, err := db.UseLink(ctx, l.ID, func(l user.KeptLink, a user.Account) (user.Use, error) {
		if _, err := db.pool.Exec(`
			SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Error(err)
		}
		return setsHash(ada)(l, a)
	})
	if err == nil || errors.Is(err, user.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if kept, err := db.ByUID(ctx, "toby"); err != nil || kept.Hash == "new" {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if _, err := db.UseLink(ctx, l.ID, setsHash(ada)); err != nil {
		t.Errorf("the link is lost: %v", err)
	}
}

// populated has many users of whom the planner knows nothing yet, as after an import.
func populated(t *testing.T) *DB {
	t.Helper()
	db := migrated(t)
	if _, err := db.pool.Exec(`
		INSERT INTO users (uid, uid_key, name, name_key, email, email_key, role, password_hash, created_at, updated_at)
		SELECT 'u' || n, 'u' || n, 'n', 'n', 'u' || n || '@x', 'u' || n || '@x', 'User', '', now(), now()
		FROM generate_series(1, 5000) n`); err != nil {
		t.Fatal(err)
	}
	return db
}

// linkPlan: guesses at codes must not make the database read the table of users.
func linkPlan(t *testing.T) {
	plan := explained(t, populated(t), `
		SELECT o.id FROM users u JOIN onetime o ON o.subject_id = u.id
		WHERE (u.uid_key = 'u7' OR u.email_key = 'u7' AND u.email_key <> '') AND NOT u.disabled`)
	if !strings.Contains(plan, "users_uid_key") || !strings.Contains(plan, "users_email") || !strings.Contains(plan, "onetime_subject") {
		t.Error(plan)
	}
}
