package usertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gatehouse/internal/principal"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
)

// Links runs the contract of one-time links; open gives an empty store.
func Links(t *testing.T, open func(*testing.T) user.Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, user.Store)
	}{
		{"a link is found by id, uid and address", linkFound},
		{"a link that is not live is not found", linkDead},
		{"the oldest links go", linkLimit},
		{"nobody has links", linkNobody},
		{"a link is used once", linkUsed},
		{"a link that could not be used stays", linkUnused},
		{"of many who use one link one wins", linkRace},
		{"what has expired is removed", linksDropped},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// Kept is a link that a store takes, made a moment after the ones before.
func Kept(subject int64, kind, email string) user.KeptLink {
	now := time.Now().Round(time.Microsecond)
	id := fmt.Sprint(kind, subject, now.UnixNano())
	return user.KeptLink{
		ID: id, Subject: subject, Kind: kind, Email: email, SecretHash: []byte("secret of " + id), CodeHash: []byte("code of " + id),
		CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}
}

func keep(t *testing.T, s user.Store, l user.KeptLink) user.KeptLink {
	t.Helper()
	if err := s.AddLink(context.Background(), l, 5); err != nil {
		t.Fatal(err)
	}
	return l
}

func addressed(t *testing.T, s user.Store, uid string) user.User {
	t.Helper()
	a := Account(uid, principal.RoleUser)
	a.Email = uid + "@example.org"
	return create(t, s, a)
}

// live is which of the links can be found by what was typed, newest first.
func live(t *testing.T, s user.Store, typed string) (ids []string) {
	t.Helper()
	links, err := s.LiveLinks(context.Background(), typed, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		ids = append(ids, l.Link.ID)
	}
	return ids
}

func same(t *testing.T, got, want user.KeptLink) {
	t.Helper()
	got.CreatedAt, got.ExpiresAt = got.CreatedAt.UTC(), got.ExpiresAt.UTC()
	want.CreatedAt, want.ExpiresAt = want.CreatedAt.UTC(), want.ExpiresAt.UTC()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func linkFound(t *testing.T, s user.Store) {
	toby, other := addressed(t, s, "Toby"), addressed(t, s, "other")
	first := keep(t, s, Kept(toby.ID, userapi.LinkReset, toby.Email))
	second := keep(t, s, Kept(toby.ID, userapi.LinkInvitation, ""))
	verification := keep(t, s, Kept(toby.ID, userapi.LinkVerification, toby.Email))
	keep(t, s, Kept(other.ID, userapi.LinkReset, ""))
	for _, l := range []user.KeptLink{first, second, verification} {
		got, err := s.LiveLink(context.Background(), l.ID)
		if err != nil || got.User != toby {
			t.Errorf("%+v, %v", got.User, err)
		}
		same(t, got.Link, l)
	}
	want := fmt.Sprint([]string{second.ID, first.ID}) // a code is for a new password only
	for _, typed := range []string{"toby", "TOBY", "toby@example.org", "Toby@EXAMPLE.org"} {
		if got := live(t, s, typed); fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %v", typed, got, want)
		}
	}
	if links, err := s.LiveLinks(context.Background(), "toby", 1); err != nil || len(links) != 1 || links[0].User != toby {
		t.Errorf("%v, %v", links, err)
	}
}

func linkDead(t *testing.T, s user.Store) {
	ctx := context.Background()
	toby, grace := addressed(t, s, "toby"), addressed(t, s, "grace")
	expired := Kept(toby.ID, userapi.LinkReset, "")
	expired.ExpiresAt = time.Now().Add(-time.Second)
	old := Kept(toby.ID, userapi.LinkReset, "")
	off := Kept(grace.ID, userapi.LinkVerification, grace.Email)
	verification := Kept(toby.ID, userapi.LinkVerification, toby.Email)
	for _, l := range []user.KeptLink{expired, old, off, verification} {
		keep(t, s, l)
	}
	change(t, s, "toby", func(a *user.Account) { a.Hash, a.Epoch = "new", a.Epoch+1 })
	change(t, s, "grace", func(a *user.Account) { a.Disabled = true })
	for _, id := range []string{expired.ID, old.ID, off.ID, "nothing", ""} {
		_, err := s.LiveLink(ctx, id)
		want(t, err, user.ErrNotFound)
		_, err = s.UseLink(ctx, id, nil)
		want(t, err, user.ErrNotFound)
	}
	for _, typed := range []string{"toby", "grace", "grace@example.org", "nobody", ""} {
		if got := live(t, s, typed); len(got) != 0 {
			t.Errorf("%q has %v", typed, got)
		}
	}
	if _, err := s.LiveLink(ctx, verification.ID); err != nil {
		t.Errorf("a new password ends the confirmation of an address: %v", err)
	}
}

func change(t *testing.T, s user.Store, uid string, edit func(*user.Account)) user.User {
	t.Helper()
	u, err := s.Update(context.Background(), user.Actor{}, uid, func(a user.Account) (user.Account, error) {
		edit(&a)
		return a, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func linkLimit(t *testing.T, s user.Store) {
	toby := addressed(t, s, "toby")
	handed := keep(t, s, Kept(toby.ID, userapi.LinkReset, "")).ID
	other := keep(t, s, Kept(toby.ID, userapi.LinkInvitation, toby.Email)).ID
	var all []string
	for range 7 {
		all = append([]string{keep(t, s, Kept(toby.ID, userapi.LinkReset, toby.Email)).ID}, all...)
	}
	want := append(all[:5:5], other, handed)
	if got := live(t, s, "toby"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	errs := together(8, func(i int) error {
		l := Kept(toby.ID, userapi.LinkReset, toby.Email)
		l.ID += fmt.Sprint(i)
		return s.AddLink(context.Background(), l, 5)
	})
	if got := live(t, s, "toby"); len(got) != 7 || count(errs, nil) != 8 {
		t.Errorf("%d links, %v", len(got), errs)
	}
}

func linkNobody(t *testing.T, s user.Store) {
	off := Account("off", principal.RoleUser)
	off.Disabled = true
	for _, subject := range []int64{create(t, s, off).ID, 999} {
		err := s.AddLink(context.Background(), Kept(subject, userapi.LinkReset, ""), 5)
		want(t, err, user.ErrNotFound)
	}
}

func linksDropped(t *testing.T, s user.Store) {
	ctx := context.Background()
	toby := addressed(t, s, "toby")
	stays := keep(t, s, Kept(toby.ID, userapi.LinkReset, ""))
	for range 3 {
		old := Kept(toby.ID, userapi.LinkVerification, toby.Email)
		old.ExpiresAt = old.CreatedAt
		keep(t, s, old)
	}
	for _, want := range []int{2, 1, 0} {
		if n, err := s.DropLinks(ctx, 2); n != want || err != nil {
			t.Errorf("%d dropped, %v, want %d", n, err, want)
		}
	}
	if _, err := s.LiveLink(ctx, stays.ID); err != nil {
		t.Error(err)
	}
}
