package usertest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"gatehouse/internal/principal"
	"gatehouse/user-service/internal/user"
)

func uidsOf(users []user.User) []string {
	uids := []string{}
	for _, u := range users {
		uids = append(uids, u.UID)
	}
	return uids
}

func pages(t *testing.T, s user.Store) {
	var all []string
	for _, uid := range []string{"Zoe", "adam", "Émile", "Bob", "bob_2", "b-ob", "李小", "ada"} {
		all = append(all, create(t, s, Account(uid, principal.RoleUser)).UID)
	}
	slices.SortFunc(all, func(a, b string) int {
		return slices.Compare([]byte(user.Fold(a)), []byte(user.Fold(b)))
	})
	for limit := 1; limit <= len(all)+1; limit++ {
		var got []string
		for after := ""; ; {
			page, err := s.List(context.Background(), user.Page{After: after, Limit: limit})
			if err != nil || len(page) > limit {
				t.Fatalf("%d users, %v", len(page), err)
			}
			if len(page) == 0 {
				break
			}
			got = append(got, uidsOf(page)...)
			after = user.Fold(got[len(got)-1])
		}
		if !slices.Equal(got, all) {
			t.Errorf("pages of %d: %v, want %v", limit, got, all)
		}
	}
}

func search(t *testing.T, s user.Store) {
	for uid, name := range map[string]string{
		"toby": "Thomas Edison", "grace": "Grace Hopper", "hop": "Mortimer", "jose": "JOSÉ Ñandú", "under_score": "50% \\ off",
		"underscore": "500 off",
	} {
		a := Account(uid, principal.RoleUser)
		a.Name = name
		create(t, s, a)
	}
	for term, want := range map[string][]string{
		"ob":      {"toby"},
		"HOP":     {"grace", "hop"},
		"edi":     {"toby"},
		"é ñ":     {"jose"},
		"r_s":     {"under_score"},
		"%":       {"under_score"},
		"0%":      {"under_score"},
		`\`:       {"under_score"},
		"_":       {"under_score"},
		"nothing": {},
		"' OR 1":  {},
	} {
		users, err := s.List(context.Background(), user.Page{Search: user.Fold(term), Limit: 10})
		if got := uidsOf(users); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %v, %v, want %v", term, got, err, want)
		}
	}
}
