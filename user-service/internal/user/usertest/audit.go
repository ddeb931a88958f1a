package usertest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"gatehouse/internal/principal"
	"gatehouse/user-service/internal/user"
)

// noon is when the entries of these tests begin; a store keeps microseconds.
var noon = time.Date(2020, time.March, 1, 12, 0, 0, 123456000, time.UTC)

func entry(action string, at time.Time, actor, subject int64) user.Entry {
	return user.Entry{
		At: at, Action: action, Outcome: user.Success, ActorID: actor, SubjectID: subject,
		Origin: user.Origin{Address: "192.0.2.7", Agent: "Browser/1", RequestID: "R1"}, Detail: user.Detail{},
	}
}

func refusedEntry(at time.Time, subject int64, address string) user.Entry {
	e := entry(user.ActionLogin, at, 0, subject)
	e.Outcome, e.Origin.Address = user.Refused, address
	return e
}

func refusedBy(at time.Time, actor int64, address string) user.Entry {
	e := refusedEntry(at, 0, address)
	e.ActorID = actor
	return e
}

func record(t *testing.T, s user.Store, entries ...user.Entry) {
	t.Helper()
	if err := s.Record(context.Background(), entries...); err != nil {
		t.Fatal(err)
	}
}

// audit is all that a query finds.
func audit(t *testing.T, s user.Store, q user.Query) []user.Entry {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 1000
	}
	found, err := s.Audit(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func recorded(t *testing.T, s user.Store) {
	e := entry("export", noon, 7, 8)
	e.ActorUID, e.SubjectUID, e.Detail = "ada", "toby", user.Detail{"reason": "x", "fields": []any{"name"}}
	record(t, s, e, entry("logout", noon, 0, 0))
	found := audit(t, s, user.Query{})
	if len(found) != 2 {
		t.Fatalf("%d entries", len(found))
	}
	got := found[slices.IndexFunc(found, func(e user.Entry) bool { return e.Action == "export" })]
	e.ID, e.LastAt, e.Count = got.ID, e.At, 1
	got.At, got.LastAt = got.At.UTC(), got.LastAt.UTC()
	if fmt.Sprint(got) != fmt.Sprint(e) || got.ID == 0 {
		t.Errorf("kept %+v\n of %+v", got, e)
	}
}

func folded(t *testing.T, s user.Store) {
	const minute = time.Minute
	start := noon.Truncate(10 * minute)
	for _, e := range []user.Entry{
		refusedEntry(start, 7, "192.0.2.1"), refusedEntry(start.Add(9*minute), 7, "198.51.100.1"), // one
		refusedEntry(start.Add(10*minute), 7, "192.0.2.1"),                         // another window
		refusedEntry(start, 8, "192.0.2.1"),                                        // another subject
		refusedEntry(start, 0, "192.0.2.1"), refusedEntry(start, 0, "192.0.2.200"), // one network
		refusedBy(start, 8, "192.0.2.1"), refusedBy(start, 8, "192.0.9.1"), // one actor
		refusedBy(start, 9, "192.0.2.1"),                                                  // another
		refusedEntry(start, 0, "192.0.3.1"),                                               // another
		refusedEntry(start, 0, "2001:db8::1"), refusedEntry(start, 0, "2001:db8::ffff:1"), // one
		refusedEntry(start, 0, "2001:db8:0:1::1"),               // another
		refusedEntry(start, 0, "::ffff:192.0.3.9"),              // an IPv4 address in another form
		refusedEntry(start, 0, "x"), refusedEntry(start, 0, ""), // from nowhere
		entry(user.ActionLogin, start, 7, 7), entry(user.ActionLogin, start, 7, 7), // successes stay apart
	} {
		record(t, s, e)
	}
	counts := make(map[int]int)
	for _, e := range audit(t, s, user.Query{}) {
		counts[e.Count]++
		first := e.At.Equal(start) && e.Origin.Address == "192.0.2.1"
		if e.SubjectID == 7 && e.Count == 2 && (!first || !e.LastAt.Equal(start.Add(9*minute))) {
			t.Errorf("one entry for two is %+v", e)
		}
	}
	if counts[1] != 6 || counts[2] != 6 || len(counts) != 2 {
		t.Errorf("entries by their count: %v", counts)
	}
	together(8, func(int) error {
		return s.Record(context.Background(), refusedEntry(start, 9, ""), refusedEntry(start, 10, ""))
	})
	if found := audit(t, s, user.Query{Person: 10}); len(found) != 1 || found[0].Count != 8 {
		t.Errorf("eight at once: %+v", found)
	}
}

// auditPages: many entries have the same time, and each comes once.
func auditPages(t *testing.T, s user.Store) {
	for i := range 23 {
		record(t, s, entry("logout", noon.Add(time.Duration(i/5)*time.Second), 7, int64(i%2)*7))
	}
	for _, q := range []user.Query{{}, {Person: 7}} {
		for limit := 1; limit <= 24; limit += 3 {
			q.Limit, q.Before = limit, user.Mark{}
			var ids []int64
			for page := audit(t, s, q); len(page) > 0; page = audit(t, s, q) {
				for _, e := range page {
					ids = append(ids, e.ID)
					q.Before = user.Mark{At: e.At, ID: e.ID}
				}
				if len(page) > limit {
					t.Fatalf("%d entries in a page of %d", len(page), limit)
				}
			}
			if len(ids) != 23 || !slices.IsSortedFunc(ids, func(a, b int64) int { return int(b - a) }) {
				t.Errorf("pages of %d: %v", limit, ids)
			}
		}
	}
}

func auditFilters(t *testing.T, s user.Store) {
	toby := create(t, s, Account("toby", principal.RoleUser))
	ada := create(t, s, Account("ada", principal.RoleAdmin))
	record(t, s,
		entry("logout", noon, toby.ID, toby.ID), entry("role", noon.Add(time.Hour), ada.ID, toby.ID),
		refusedEntry(noon.Add(2*time.Hour), toby.ID, ""), entry("logout", noon.Add(3*time.Hour), ada.ID, ada.ID))
	long := noon.AddDate(1, 0, 0) // before the accounts were made
	for name, c := range map[string]struct {
		q    user.Query
		want int
	}{
		"all":               {user.Query{To: long}, 4},
		"about or by toby":  {user.Query{To: long, Person: toby.ID}, 3},
		"about or by ada":   {user.Query{To: long, UID: "ADA"}, 2},
		"nobody":            {user.Query{To: long, UID: "nobody"}, 0},
		"an action":         {user.Query{To: long, Action: "logout"}, 2},
		"an outcome":        {user.Query{To: long, Outcome: user.Refused}, 1},
		"from":              {user.Query{From: noon.Add(time.Hour), To: long}, 3},
		"to":                {user.Query{To: noon.Add(time.Hour)}, 1},
		"from to":           {user.Query{From: noon.Add(time.Hour), To: noon.Add(2 * time.Hour)}, 1},
		"all of them":       {user.Query{To: long, UID: "toby", Action: "login", Outcome: user.Refused, From: noon}, 1},
		"none of them":      {user.Query{To: long, UID: "toby", Action: "login", Outcome: user.Success, From: noon}, 0},
		"created":           {user.Query{Action: user.ActionCreate}, 2},
		"somebody's making": {user.Query{Action: user.ActionCreate, UID: "toby"}, 1},
	} {
		if found := audit(t, s, c.q); len(found) != c.want {
			t.Errorf("%s: %d entries, want %d", name, len(found), c.want)
		}
	}
}

// auditOfDeleted: by uid both accounts that had it are found, by id only the one.
func auditOfDeleted(t *testing.T, s user.Store) {
	ctx := context.Background()
	first := create(t, s, Account("toby", principal.RoleUser))
	if err := s.Delete(ctx, user.Actor{}, "toby"); err != nil {
		t.Fatal(err)
	}
	if found := audit(t, s, user.Query{UID: "Toby"}); len(found) != 2 {
		t.Errorf("%d entries of a deleted account", len(found))
	}
	second := create(t, s, Account("toby", principal.RoleUser))
	for _, c := range []struct {
		q    user.Query
		want int
	}{{user.Query{UID: "toby"}, 3}, {user.Query{Person: first.ID}, 2}, {user.Query{Person: second.ID}, 1}} {
		if found := audit(t, s, c.q); len(found) != c.want {
			t.Errorf("%+v: %d entries, want %d", c.q, len(found), c.want)
		}
	}
}
