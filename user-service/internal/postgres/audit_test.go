package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/user-service/internal/user"
	"gatehouse/user-service/internal/user/usertest"
)

var ada = user.Actor{ID: 7, UID: "ada", Role: "Admin", Origin: user.Origin{Address: "192.0.2.1", Agent: "test", RequestID: "R1"}}

// entries is the audit as "actor action subject detail" lines.
func entries(t *testing.T, db *DB) (lines []string) {
	t.Helper()
	rows, err := db.pool.Query(`
		SELECT coalesce(actor_id, 0), actor_uid, action, outcome, subject_uid, detail, address, user_agent, request_id
		FROM audit ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var actor, action, outcome, subject, detail, address, agent, request string
		if err := rows.Scan(&id, &actor, &action, &outcome, &subject, &detail, &address, &agent, &request); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(id, " ", actor, " ", action, " ", outcome, " ", subject, " ", detail, " ", address, " ",
			agent, " ", request))
	}
	return lines
}

func audited(t *testing.T) {
	db := migrated(t)
	ctx := context.Background()
	if _, err := db.Create(ctx, user.Actor{}, usertest.Account("toby", "User")); err != nil {
		t.Fatal(err)
	}
	for _, edit := range []func(*user.Account){
		func(*user.Account) {},
		func(a *user.Account) { a.Name, a.Email, a.Disabled, a.Picture = "T", "t@x", true, "/t" },
		func(a *user.Account) { a.Role, a.Hash = "Teacher", "$secret" },
		func(a *user.Account) { a.Role, a.Hash, a.Disabled = "Teacher", "$secret", false },
		func(a *user.Account) { a.Role = "Teacher" }, // as it is
	} {
		_, err := db.Update(ctx, ada, "toby", func(a user.Account) (user.Account, error) { edit(&a); return a, nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Delete(ctx, ada, "toby"); err != nil {
		t.Fatal(err)
	}
	const by = " 192.0.2.1 test R1"
	want := []string{
		`0  create success toby {"role": "User"}   `,
		`7 ada update success toby {"fields": ["email", "name", "pfp"]}` + by,
		`7 ada disable success toby {}` + by,
		`7 ada role success toby {"to": "Teacher", "from": "User"}` + by,
		`7 ada password success toby {}` + by,
		`7 ada enable success toby {}` + by,
		`7 ada delete success toby {"role": "Teacher"}` + by,
	}
	if got := entries(t, db); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// halfChanges: what cannot be written together is not written at all.
func halfChanges(t *testing.T) {
	for table, broken := range map[string]string{
		"audit": "CHECK (actor_id IS NULL)", "outbox": "CHECK (change ->> 'kind' = 'none')",
	} {
		db := migrated(t)
		ctx := context.Background()
		if _, err := db.Create(ctx, user.Actor{}, usertest.Account("toby", "User")); err != nil {
			t.Fatal(err)
		}
		if _, err := db.pool.Exec("ALTER TABLE " + table + " ADD CONSTRAINT broken " + broken); err != nil {
			t.Fatal(err)
		}
		_, err := db.Update(ctx, ada, "toby", func(a user.Account) (user.Account, error) { a.Hash = "other"; return a, nil })
		if err == nil || db.Delete(ctx, ada, "toby") == nil {
			t.Errorf("changed without its %s", table)
		}
		if kept, err := db.ByUID(ctx, "toby"); err != nil || kept.Hash != "hash of toby" || kept.Epoch != 1 {
			t.Errorf("kept %+v, %v", kept, err)
		}
		if n := len(entries(t, db)) + waiting(t, db); n != 1 {
			t.Errorf("%d rows tell of what did not happen", n-1)
		}
	}
}

// halfSignIn: without its entry a sign-in leaves no trace at all.
func halfSignIn(t *testing.T) {
	db := migrated(t)
	id := signedUp(t, db, "toby")
	if _, err := db.pool.Exec("ALTER TABLE audit ADD CONSTRAINT broken CHECK (action <> 'login')"); err != nil {
		t.Fatal(err)
	}
	err := db.SignedIn(context.Background(), ada.Did(user.ActionLogin, user.User{ID: id}, time.Now(), user.Detail{}))
	var last sql.NullTime
	if scanErr := db.pool.QueryRow("SELECT last_login_at FROM users").Scan(&last); err == nil || scanErr != nil || last.Valid {
		t.Errorf("%v, %v: last signed in %v", err, scanErr, last)
	}
}
