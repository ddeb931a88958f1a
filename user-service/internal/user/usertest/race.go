package usertest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"

	"gatehouse/internal/principal"
	"gatehouse/user-service/internal/user"
)

// together runs work n times at once and gives the errors.
func together(n int, work func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = work(i)
		})
	}
	close(start)
	all.Wait()
	return errs
}

// count is how many of the errors are the given one, nil included.
func count(errs []error, target error) (n int) {
	for _, err := range errs {
		if errors.Is(err, target) {
			n++
		}
	}
	return n
}

func signUpRace(t *testing.T, s user.Store) {
	const tries = 8
	errs := together(tries, func(i int) error {
		uid := []string{"toby", "TOBY"}[i%2]
		_, err := s.Create(context.Background(), user.Actor{}, Account(uid, principal.RoleUser))
		return err
	})
	if count(errs, nil) != 1 || count(errs, user.ErrTaken) != tries-1 {
		t.Errorf("got %v", errs)
	}
}

func editRace(t *testing.T, s user.Store) {
	create(t, s, Account("toby", principal.RoleUser))
	const edits = 8
	errs := together(edits, func(int) error {
		_, err := s.Update(context.Background(), user.Actor{}, "toby", func(a user.Account) (user.Account, error) {
			n, _ := strconv.Atoi(a.Email)
			a.Email = strconv.Itoa(n + 1)
			return a, nil
		})
		return err
	})
	if kept, _ := s.ByUID(context.Background(), "toby"); kept.Email != strconv.Itoa(edits) || count(errs, nil) != edits {
		t.Errorf("%s of %d edits are left: %v", kept.Email, edits, errs)
	}
}

func demote(a user.Account) (user.Account, error) {
	a.Role = principal.RoleUser
	return a, nil
}

func disable(a user.Account) (user.Account, error) {
	a.Disabled = true
	return a, nil
}

func lastAdmin(t *testing.T, s user.Store) {
	ctx := context.Background()
	create(t, s, Account("ada", principal.RoleAdmin))
	off := Account("off", principal.RoleAdmin)
	off.Disabled = true
	create(t, s, off) // an Admin who cannot act does not count
	for _, edit := range []user.Edit{demote, disable} {
		_, err := s.Update(ctx, user.Actor{}, "ada", edit)
		want(t, err, user.ErrLastAdmin)
	}
	want(t, s.Delete(ctx, user.Actor{}, "ada"), user.ErrLastAdmin)
	if err := s.Delete(ctx, user.Actor{}, "off"); err != nil {
		t.Errorf("a disabled Admin: %v", err)
	}
	create(t, s, Account("bob", principal.RoleAdmin))
	if err := s.Delete(ctx, user.Actor{}, "ada"); err != nil {
		t.Errorf("one of two Admins: %v", err)
	}
	if exists, err := s.HasAdmin(ctx); !exists || err != nil {
		t.Errorf("Admin: %t, %v", exists, err)
	}
}

// adminRace lets all Admins be deleted, demoted and disabled at once: exactly one must be left, round after round.
func adminRace(t *testing.T, s user.Store) {
	ctx := context.Background()
	survivor := create(t, s, Account("admin", principal.RoleAdmin)).UID
	for round := range 5 {
		uids := []string{survivor}
		for i := range 2 {
			uids = append(uids, create(t, s, Account("admin"+strconv.Itoa(2*round+i), principal.RoleAdmin)).UID)
		}
		errs := together(len(uids), func(i int) error {
			if i == 0 {
				return s.Delete(ctx, user.Actor{}, uids[i])
			}
			_, err := s.Update(ctx, user.Actor{}, uids[i], []user.Edit{demote, disable}[i-1])
			return err
		})
		if count(errs, nil) != len(uids)-1 || count(errs, user.ErrLastAdmin) != 1 {
			t.Fatalf("round %d: %v", round, errs)
		}
		survivor = uids[slices.IndexFunc(errs, func(err error) bool { return err != nil })]
	}
}
