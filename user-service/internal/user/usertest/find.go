package usertest

import (
	"context"
	"fmt"
	"testing"

	"gatehouse/internal/principal"
	"gatehouse/user-service/internal/user"
)

func foundByTyped(t *testing.T, s user.Store) {
	off := Account("off", principal.RoleUser)
	off.Email, off.Disabled = "shared@example.org", true
	create(t, s, off)
	create(t, s, Account("nobody", principal.RoleUser)) // without an address
	for _, uid := range []string{"mia", "leo", "Leo@Example.org"} {
		a := Account(uid, principal.RoleUser)
		a.Email = "Shared@Example.org"
		create(t, s, a)
	}
	stranger := Account("stranger", principal.RoleUser)
	stranger.Email = "leo@example.org"
	create(t, s, stranger)
	for typed, want := range map[string][]string{
		"MIA":                {"mia"},
		"off":                {},
		"":                   {},
		"nothing":            {},
		"SHARED@example.org": {"mia", "leo", "Leo@Example.org"},
		"leo@example.org":    {"Leo@Example.org", "stranger"}, // who has it as a uid cannot hide whose address it is
		"%":                  {},
	} {
		found, err := s.Find(context.Background(), typed, 3)
		if got := uidsOf(found); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %v, %v, want %v", typed, got, err, want)
		}
	}
	if found, err := s.Find(context.Background(), "shared@example.org", 2); len(found) != 2 || err != nil {
		t.Errorf("%d users, %v; at most 2", len(found), err)
	}
}

func standIns(t *testing.T, s user.Store) {
	ctx := context.Background()
	if hash, err := s.StandIn(ctx, 0); hash != "" || err != nil {
		t.Errorf("without accounts: %q, %v", hash, err)
	}
	invited := Account("invited", principal.RoleUser)
	invited.Hash = ""
	create(t, s, invited)
	if hash, err := s.StandIn(ctx, 0); hash != "" || err != nil {
		t.Errorf("without a hash: %q, %v", hash, err)
	}
	for i := range 20 {
		create(t, s, Account(fmt.Sprintf("user%d", i), principal.RoleUser))
	}
	met := make(map[string]bool)
	const places = 1000
	for i := int64(0); i < places; i++ {
		place := i * (user.RingSize / places)
		first, err := s.StandIn(ctx, place)
		again, _ := s.StandIn(ctx, place)
		if err != nil || first == "" || first != again {
			t.Fatalf("place %d: %q, then %q, %v", place, first, again, err)
		}
		met[first] = true
	}
	if last, err := s.StandIn(ctx, user.RingSize-1); last == "" || err != nil {
		t.Errorf("the last place: %q, %v", last, err)
	}
	if len(met) < 10 {
		t.Errorf("only %d of 20 accounts stand in", len(met))
	}
}
