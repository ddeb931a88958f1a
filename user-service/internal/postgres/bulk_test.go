package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
	"gatehouse/user-service/internal/user/usertest"
)

// threeKinds are one account with a hash, one whose link is handed out, and one to whom it is mailed.
func threeKinds() []user.Newcomer {
	hashed, handed, mailed := usertest.Account("toby", "User"), usertest.Account("grace", "User"), usertest.Account("hop", "User")
	mailed.Email = "hop@example.org"
	link := usertest.Kept(0, userapi.LinkInvitation, "")
	return []user.Newcomer{{Account: hashed}, {Account: handed, Link: &link}, {Account: mailed, Mail: true}}
}

func importAudited(t *testing.T) {
	db := migrated(t)
	ctx := context.Background()
	if _, err := db.CreateMany(ctx, ada, threeKinds()); err != nil {
		t.Fatal(err)
	}
	more := []user.Newcomer{{Account: usertest.Account("toby", "User")}, {Account: usertest.Account("jo", "Admin")}}
	for range 2 {
		if _, err := db.CreateMany(ctx, ada, more); err != nil {
			t.Fatal(err)
		}
	}
	const by = " 192.0.2.1 test R1"
	want := []string{
		`7 ada create success toby {"role": "User"}` + by,
		`7 ada create success grace {"role": "User", "invited": true}` + by,
		`7 ada create success hop {"role": "User", "invited": true}` + by,
		`7 ada import success  {}` + by,
		`7 ada create success jo {"role": "Admin"}` + by,
	}
	if got := entries(t, db); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var count, nobody int
	row := db.pool.QueryRow("SELECT count, (subject_id IS NULL)::int FROM audit WHERE action = 'import'")
	if err := row.Scan(&count, &nobody); err != nil || count != 4 || nobody != 1 {
		t.Errorf("the import counts %d (%d), %v", count, nobody, err)
	}
	hop, _ := db.ByUID(ctx, "hop")
	invitation := fmt.Sprintf(`%d {"id": 0, "kind": "notice", "notices": [{"to": "hop@example.org", "uid": "hop", "kind": "invitation", `+
		`"name": "Name of hop"}], "subject": "%d"}`, hop.ID, hop.ID)
	if got := queued(t, db); len(got) != 1 || got[0] != invitation {
		t.Errorf("queued %v, want %s", got, invitation)
	}
}

// importPlan: the longer the import, the more it would cost to look for the taken uids in any other index.
func importPlan(t *testing.T) {
	plan := explained(t, populated(t), strings.Replace(takenUIDs, "$1", "ARRAY(SELECT 'u' || n FROM generate_series(1, 500) n)", 1))
	if !strings.Contains(plan, "users_uid_key") || strings.Contains(plan, "users_search") {
		t.Error(plan)
	}
}

func importFails(t *testing.T) {
	db := migrated(t)
	ctx := context.Background()
	for table, check := range map[string]string{
		"audit": "action <> 'import'", "onetime": "email <> ''", "outbox": "subject_id = 0",
	} {
		if _, err := db.pool.Exec("ALTER TABLE " + table + " ADD CONSTRAINT broken CHECK (" + check + ")"); err != nil {
			t.Fatal(err)
		}
		if made, err := db.CreateMany(ctx, ada, threeKinds()); err == nil {
			t.Errorf("%s broken: made %v", table, made)
		}
		if _, err := db.pool.Exec("ALTER TABLE " + table + " DROP CONSTRAINT broken"); err != nil {
			t.Fatal(err)
		}
		if users, err := db.List(ctx, user.Page{Limit: 5}); err != nil || len(users) != 0 || len(entries(t, db)) != 0 {
			t.Errorf("%s broken: %v, %v", table, users, err)
		}
	}
}
