package usertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"gatehouse/internal/principal"
	"gatehouse/user-service/internal/user"
)

// Store runs the contract; open gives an empty store.
func Store(t *testing.T, open func(*testing.T) user.Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, user.Store)
	}{
		{"an account is found by id and by uid", found},
		{"a uid is taken in whatever case", taken},
		{"two sign-ups of one uid make one account", signUpRace},
		{"an edit is kept", edited},
		{"what ends sessions counts the epoch", epochs},
		{"an edit that fails changes nothing", editFails},
		{"nobody is not found", nobody},
		{"edits of one account do not get lost", editRace},
		{"the last Admin stays", lastAdmin},
		{"two Admins cannot undo each other", adminRace},
		{"a hash is replaced only while it is the old one", rehash},
		{"a sign-in changes nothing else", signedIn},
		{"somebody is found by uid and by address", foundByTyped},
		{"the ring gives one hash for a place, and all places have one", standIns},
		{"the audit keeps what it is told", recorded},
		{"refusals become one entry", folded},
		{"the audit comes in pages, newest first", auditPages},
		{"the audit is filtered", auditFilters},
		{"the audit of a uid outlives its account", auditOfDeleted},
		{"pages hold everyone once, in order", pages},
		{"a search finds parts of uid and name", search},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// Account is an account that a store takes.
func Account(uid, role string) user.Account {
	return user.Account{User: user.User{UID: uid, Name: "Name of " + uid, Role: role}, Hash: "hash of " + uid}
}

func create(t *testing.T, s user.Store, a user.Account) user.User {
	t.Helper()
	u, err := s.Create(context.Background(), user.Actor{}, a)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func want(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("got %v, want %v", err, target)
	}
}

func found(t *testing.T, s user.Store) {
	a := Account("Toby", principal.RoleUser)
	a.Email, a.Picture, a.Disabled = "toby@example.org", "/toby.png", true
	u := create(t, s, a)
	a.User.ID, a.User.CreatedAt, a.User.UpdatedAt, a.User.Epoch = u.ID, u.CreatedAt, u.UpdatedAt, 1
	if u != a.User || u.ID == 0 || u.CreatedAt.IsZero() || !u.UpdatedAt.Equal(u.CreatedAt) {
		t.Errorf("created %+v", u)
	}
	if byID, err := s.ByID(context.Background(), u.ID); err != nil || byID != u {
		t.Errorf("by id %+v, %v", byID, err)
	}
	if byUID, err := s.ByUID(context.Background(), "tOBY"); err != nil || byUID != a {
		t.Errorf("by uid %+v, %v", byUID, err)
	}
}

func taken(t *testing.T, s user.Store) {
	create(t, s, Account("José", principal.RoleUser))
	for _, uid := range []string{"José", "JOSÉ", "jose\u0301"} {
		_, err := s.Create(context.Background(), user.Actor{}, Account(uid, principal.RoleUser))
		want(t, err, user.ErrTaken)
	}
}

func edited(t *testing.T, s user.Store) {
	was := create(t, s, Account("toby", principal.RoleUser))
	is, err := s.Update(context.Background(), user.Actor{}, "TOBY", func(a user.Account) (user.Account, error) {
		a.Name, a.Email, a.Role, a.Picture, a.Disabled, a.Hash = "Thomas", "t@example.org", "Teacher", "/t.png", true, "new"
		a.Confirmed, a.Pending = true, "p@example.org"
		return a, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := s.ByUID(context.Background(), "toby")
	if err != nil || kept.User != is || kept.Hash != "new" {
		t.Errorf("kept %+v, %v; answered %+v", kept, err, is)
	}
	expected := user.User{ID: was.ID, UID: "toby", Name: "Thomas", Email: "t@example.org", Confirmed: true,
		Pending: "p@example.org", Role: "Teacher", Picture: "/t.png", Disabled: true, CreatedAt: was.CreatedAt,
		UpdatedAt: is.UpdatedAt, Epoch: 2}
	if is != expected || is.UpdatedAt.Before(was.UpdatedAt) {
		t.Errorf("got %+v, want %+v", is, expected)
	}
}

// epochs: only the session in which the owner changed the password is kept, and only until the next such change.
func epochs(t *testing.T, s user.Store) {
	ctx := context.Background()
	owner := user.Actor{ID: create(t, s, Account("toby", principal.RoleUser)).ID, UID: "toby", SessionID: "s1"}
	another := user.Actor{ID: owner.ID + 1, UID: "ada", SessionID: "s2"}
	for _, step := range []struct {
		name  string
		by    user.Actor
		edit  func(*user.Account)
		epoch int64
		kept  string
	}{
		{"a name", owner, func(a *user.Account) { a.Name = "Thomas" }, 1, ""},
		{"the owner's password", owner, func(a *user.Account) { a.Hash = "new" }, 2, "s1"},
		{"a role", another, func(a *user.Account) { a.Role = "Teacher" }, 2, "s1"},
		{"nothing", owner, func(*user.Account) {}, 2, "s1"},
		{"another's choice of password", another, func(a *user.Account) { a.Hash = "newer" }, 3, ""},
		{"disabled", another, func(a *user.Account) { a.Disabled = true }, 4, ""},
		{"enabled", another, func(a *user.Account) { a.Disabled = false }, 4, ""},
		{"password and disabled", owner, func(a *user.Account) { a.Hash, a.Disabled = "newest", true }, 5, ""},
	} {
		is, err := s.Update(ctx, step.by, "toby", func(a user.Account) (user.Account, error) { step.edit(&a); return a, nil })
		if err != nil || is.Epoch != step.epoch || is.Kept != step.kept {
			t.Errorf("%s: epoch %d, kept %q, %v; want %d, %q", step.name, is.Epoch, is.Kept, err, step.epoch, step.kept)
		}
	}
}

func editFails(t *testing.T, s user.Store) {
	create(t, s, Account("toby", principal.RoleUser))
	refusal := errors.New("no")
	_, err := s.Update(context.Background(), user.Actor{}, "toby", func(a user.Account) (user.Account, error) {
		a.Name = "Other"
		return a, refusal
	})
	want(t, err, refusal)
	if kept, _ := s.ByUID(context.Background(), "toby"); kept.Name != "Name of toby" {
		t.Errorf("kept %+v", kept)
	}
}

func nobody(t *testing.T, s user.Store) {
	ctx := context.Background()
	_, err := s.ByID(ctx, 1)
	want(t, err, user.ErrNotFound)
	_, err = s.ByUID(ctx, "toby")
	want(t, err, user.ErrNotFound)
	_, err = s.Update(ctx, user.Actor{}, "toby", func(a user.Account) (user.Account, error) { return a, nil })
	want(t, err, user.ErrNotFound)
	want(t, s.Delete(ctx, user.Actor{}, "toby"), user.ErrNotFound)
	if exists, err := s.HasAdmin(ctx); exists || err != nil {
		t.Errorf("an Admin in an empty store: %v", err)
	}
}

func rehash(t *testing.T, s user.Store) {
	ctx := context.Background()
	u := create(t, s, Account("toby", principal.RoleUser))
	if done, err := s.Rehash(ctx, u.ID, "hash of toby", "new"); !done || err != nil {
		t.Errorf("replaced: %t, %v", done, err)
	}
	if done, err := s.Rehash(ctx, u.ID, "hash of toby", "late"); done || err != nil {
		t.Errorf("replaced a newer hash: %t, %v", done, err)
	}
	if a, _ := s.ByUID(ctx, "toby"); a.Hash != "new" || !a.UpdatedAt.Equal(u.UpdatedAt) {
		t.Errorf("kept %+v", a)
	}
}

func signedIn(t *testing.T, s user.Store) {
	ctx := context.Background()
	u := create(t, s, Account("toby", principal.RoleUser))
	for _, id := range []int64{u.ID, u.ID, u.ID + 1} {
		login := user.Entry{At: time.Now(), Action: user.ActionLogin, Outcome: user.Success, SubjectID: id}
		if err := s.SignedIn(ctx, login); err != nil {
			t.Error(err)
		}
	}
	if after, err := s.ByID(ctx, u.ID); after != u || err != nil {
		t.Errorf("changed to %+v, %v", after, err)
	}
	if told := audit(t, s, user.Query{Person: u.ID, Action: user.ActionLogin}); len(told) != 2 {
		t.Errorf("%d entries of two sign-ins", len(told))
	}
}
