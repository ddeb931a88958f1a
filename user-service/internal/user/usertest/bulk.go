package usertest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"gatehouse/internal/principal"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
)

// Bulk runs the contract of many accounts at once; open gives an empty store.
func Bulk(t *testing.T, open func(*testing.T) user.Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, user.Store)
	}{
		{"many accounts are made at once", manyMade},
		{"what is taken is left out", manyTaken},
		{"two imports of the same people make each once", manyRace},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

func newcomers(uids ...string) (batch []user.Newcomer) {
	for _, uid := range uids {
		a := Account(uid, principal.RoleUser)
		a.Email = uid + "@example.org"
		batch = append(batch, user.Newcomer{Account: a})
	}
	return batch
}

func names(made map[string]bool) (uids []string) {
	for uid, ok := range made {
		if ok {
			uids = append(uids, uid)
		}
	}
	slices.Sort(uids)
	return uids
}

func manyMade(t *testing.T, s user.Store) {
	ctx := context.Background()
	batch := newcomers("Toby", "grace", "José", "hop")
	batch[1].Role, batch[1].Hash = "Teacher", ""
	link := Kept(0, userapi.LinkInvitation, "")
	batch[1].Link = &link
	batch[3].Mail, batch[3].Hash = true, ""
	made, err := s.CreateMany(ctx, user.Actor{ID: 7, UID: "ada"}, batch)
	if err != nil || fmt.Sprint(names(made)) != "[grace hop josé toby]" {
		t.Fatalf("%v, %v", made, err)
	}
	for _, n := range batch {
		kept, err := s.ByUID(ctx, n.UID)
		expected := n.Account
		expected.ID, expected.CreatedAt, expected.UpdatedAt, expected.Epoch = kept.ID, kept.CreatedAt, kept.UpdatedAt, 1
		if err != nil || kept != expected || kept.ID == 0 || kept.CreatedAt.IsZero() {
			t.Errorf("%+v, %v, want %+v", kept, err, expected)
		}
	}
	live, err := s.LiveLink(ctx, link.ID)
	if err != nil || live.User.UID != "grace" {
		t.Errorf("%+v, %v", live, err)
	}
	for term, want := range map[string]string{"of hop": "[hop]", "JOSÉ": "[José]"} {
		found, err := s.List(ctx, user.Page{Search: user.Fold(term), Limit: 10})
		if got := uidsOf(found); err != nil || fmt.Sprint(got) != want {
			t.Errorf("search for %s: %v, %v", term, got, err)
		}
	}
}

func manyTaken(t *testing.T, s user.Store) {
	ctx := context.Background()
	create(t, s, Account("Toby", principal.RoleUser))
	link := Kept(0, userapi.LinkInvitation, "")
	batch := newcomers("grace", "TOBY", "hop")
	batch[1].Link = &link
	gone, err := s.Taken(ctx, []string{"grace", "toby", "hop", `o'neil", {}`})
	if err != nil || !maps.Equal(gone, map[string]bool{"toby": true}) {
		t.Errorf("taken %v, %v", gone, err)
	}
	made, err := s.CreateMany(ctx, user.Actor{}, batch)
	if err != nil || fmt.Sprint(names(made)) != "[grace hop]" {
		t.Errorf("%v, %v", made, err)
	}
	if kept, _ := s.ByUID(ctx, "toby"); kept.UID != "Toby" || kept.Email != "" {
		t.Errorf("overwritten: %+v", kept)
	}
	if _, err := s.LiveLink(ctx, link.ID); err == nil {
		t.Error("a link for nobody")
	}
	if made, err = s.CreateMany(ctx, user.Actor{}, batch); err != nil || len(names(made)) != 0 {
		t.Errorf("again: %v, %v", made, err)
	}
}

func manyRace(t *testing.T, s user.Store) {
	var uids []string
	for i := range 200 {
		uids = append(uids, "user"+strconv.Itoa(i))
	}
	backwards := slices.Clone(uids)
	slices.Reverse(backwards)
	var made [4]map[string]bool
	errs := together(len(made), func(i int) (err error) {
		made[i], err = s.CreateMany(context.Background(), user.Actor{}, newcomers([][]string{uids, backwards}[i%2]...))
		return err
	})
	total := 0
	for _, m := range made {
		total += len(names(m))
	}
	if count(errs, nil) != len(made) || total != len(uids) {
		t.Errorf("%d made, %v", total, errs)
	}
}
