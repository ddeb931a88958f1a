package api

import (
	"context"
	"strings"
	"testing"

	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
)

func (w *world) confirm(token string) (userapi.User, error) {
	return w.client().Confirm(context.Background(), userapi.Confirmation{Token: token})
}

// sets changes an account behind the service's back.
func (w *world) sets(uid string, edit func(*user.Account)) {
	w.t.Helper()
	_, err := w.db.Update(context.Background(), user.Actor{}, uid, func(a user.Account) (user.Account, error) {
		edit(&a)
		return a, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) verifies(uid, address string) userapi.Link {
	w.t.Helper()
	link, err := w.client().Issue(context.Background(), userapi.Order{ID: w.id(uid), Kind: "verification", Email: address})
	if err != nil {
		w.t.Fatal(err)
	}
	return link
}

func confirmAddress(t *testing.T) {
	w := fresh(t)
	own := w.link("verification", "toby")
	u, err := w.confirm(own.Token)
	if err != nil || u.Email != "toby@example.org" || !u.Confirmed || u.Epoch != 1 {
		t.Errorf("the address at sign-up: %+v, %v", u, err)
	}
	w.sets("toby", func(a *user.Account) { a.Pending = "t@example.org" })
	old, link := w.link("reset", "toby"), w.verifies("toby", "t@example.org")
	for range 2 { // whoever opens the page uses up nothing
		if live, err := w.api.Users.Store.LiveLink(t.Context(), link.Token[:22]); err != nil || live.User.Email != "toby@example.org" {
			t.Errorf("%+v, %v", live, err)
		}
	}
	u, err = w.confirm(link.Token)
	if err != nil || u.Email != "t@example.org" || !u.Confirmed || u.Pending != "" || u.Epoch != 1 {
		t.Errorf("a new address: %+v, %v", u, err)
	}
	w.relay(t)
	if told := w.heard(); !strings.HasSuffix(told, "notice toby 0  email-changed>toby@example.org") {
		t.Errorf("auth-service was told %q", told)
	}
	for name, token := range map[string]string{
		"used": own.Token, "used too": link.Token, "a reset": w.verifies("grace", "grace@example.org").Token[:22] + ".x", "nothing": "",
		"garbage": "x", "another kind": old.Token, "expired": w.late("verification", "ada").Token,
	} {
		_, err := w.confirm(token)
		refusedAs(t, name, err, fault.Invalid, "not valid any more")
	}
	_, err = w.reset(userapi.Reset{Token: old.Token, Password: newPassword})
	refusedAs(t, "a reset mailed to the old address", err, fault.Invalid, "not valid any more")
	confirmLate(t, w)
}

// confirmLate: the address is another by the time the link is used.
func confirmLate(t *testing.T, w *world) {
	link := w.link("verification", "grace")
	w.sets("grace", func(a *user.Account) { a.Email = "g@example.org" })
	_, err := w.confirm(link.Token)
	refusedAs(t, "late", err, fault.Invalid, "not valid any more")
	if u, err := w.db.ByUID(t.Context(), "grace"); err != nil || u.Email != "g@example.org" || u.Confirmed {
		t.Errorf("%+v, %v", u.User, err)
	}
}
