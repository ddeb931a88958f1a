package usertest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
)

// resets is a use that sets a hash and ends the other links for a new password.
func resets(hash string) func(user.KeptLink, user.Account) (user.Use, error) {
	return func(_ user.KeptLink, a user.Account) (user.Use, error) {
		a.Hash, a.Epoch = hash, a.Epoch+1
		return user.Use{
			Consequences: user.Consequences{Account: a}, Ends: []string{userapi.LinkReset, userapi.LinkInvitation},
		}, nil
	}
}

func linkUsed(t *testing.T, s user.Store) {
	ctx := context.Background()
	toby := addressed(t, s, "toby")
	link := keep(t, s, Kept(toby.ID, userapi.LinkReset, toby.Email))
	others := []string{
		keep(t, s, Kept(toby.ID, userapi.LinkReset, "")).ID, keep(t, s, Kept(toby.ID, userapi.LinkInvitation, "")).ID, link.ID,
	}
	verification := keep(t, s, Kept(toby.ID, userapi.LinkVerification, toby.Email)).ID
	u, err := s.UseLink(ctx, link.ID, func(l user.KeptLink, a user.Account) (user.Use, error) {
		same(t, l, link)
		if a.User != toby {
			t.Errorf("%+v, want %+v", a.User, toby)
		}
		return resets("new")(l, a)
	})
	if err != nil || u.Epoch != toby.Epoch+1 {
		t.Errorf("%+v, %v", u, err)
	}
	if kept, err := s.ByUID(ctx, "toby"); err != nil || kept.Hash != "new" || kept.User != u {
		t.Errorf("kept %+v, %v", kept, err)
	}
	for _, id := range others {
		_, err := s.UseLink(ctx, id, resets("again"))
		want(t, err, user.ErrNotFound)
	}
	if _, err := s.LiveLink(ctx, verification); err != nil {
		t.Errorf("a link of another kind: %v", err)
	}
}

func linkUnused(t *testing.T, s user.Store) {
	ctx := context.Background()
	toby := addressed(t, s, "toby")
	link := keep(t, s, Kept(toby.ID, userapi.LinkReset, ""))
	refusal := errors.New("no")
	_, err := s.UseLink(ctx, link.ID, func(l user.KeptLink, a user.Account) (user.Use, error) {
		use, _ := resets("new")(l, a)
		return use, refusal
	})
	want(t, err, refusal)
	if kept, _ := s.ByUID(ctx, "toby"); kept.Hash == "new" {
		t.Error("changed all the same")
	}
	if _, err := s.UseLink(ctx, link.ID, resets("new")); err != nil {
		t.Errorf("the link is lost: %v", err)
	}
}

// linkRace lets twenty use one link at once, with a second link in half of the hands: exactly one wins, round after round.
func linkRace(t *testing.T, s user.Store) {
	ctx := context.Background()
	toby := addressed(t, s, "toby")
	for range 5 {
		links := []string{
			keep(t, s, Kept(toby.ID, userapi.LinkReset, "")).ID, keep(t, s, Kept(toby.ID, userapi.LinkReset, toby.Email)).ID,
		}
		var hashes [20]string
		errs := together(len(hashes), func(i int) error {
			hashes[i] = strings.Repeat("x", i)
			_, err := s.UseLink(ctx, links[i%2], resets(hashes[i]))
			return err
		})
		if count(errs, nil) != 1 || count(errs, user.ErrNotFound) != len(errs)-1 {
			t.Fatalf("got %v", errs)
		}
		kept, err := s.ByUID(ctx, "toby")
		if err != nil || errs[len(kept.Hash)] != nil || kept.Epoch != toby.Epoch+1 {
			t.Fatalf("hash of %d, epoch %d after %d, %v", len(kept.Hash), kept.Epoch, toby.Epoch, err)
		}
		toby = kept.User
	}
}
