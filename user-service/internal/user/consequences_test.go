package user

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/authapi"
)

var then = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// told is what changes say, such as "credential 7 2 s1 password-changed>old@x[at:2026-03-01T12:00:00Z]".
func told(changes []authapi.Change) string {
	var all []string
	for _, c := range changes {
		text := strings.TrimSpace(fmt.Sprintln(c.Kind, c.Subject, c.Epoch, c.Keep))
		for _, n := range c.Notices {
			text += fmt.Sprint(" ", n.Kind, ">", n.To, n.Facts)
		}
		all = append(all, text)
	}
	return strings.NewReplacer("map[", "[", "at:2026-03-01T12:00:00Z", "at").Replace(strings.Join(all, "; "))
}

func acts(entries []Entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, fmt.Sprint(e.Action, e.Detail))
	}
	return strings.ReplaceAll(strings.Join(all, "; "), "map[", "[")
}

func TestChanged(t *testing.T) {
	was := Account{Hash: "old", User: User{ID: 7, Email: "old@x", Role: "User", Epoch: 1, Kept: "s0"}}
	owner := Actor{ID: 7, UID: "toby", SessionID: "s1"}
	admin := Actor{ID: 8, UID: "ada", SessionID: "s2"}
	for _, c := range []struct {
		name    string
		by      Actor
		edit    func(*Account)
		epoch   int64
		kept    string
		changes string
		entries string
	}{
		{"nothing", owner, func(*Account) {}, 1, "s0", "", ""},
		{"a name", owner, func(a *Account) { a.Name, a.Picture = "Tom", "/x" }, 1, "s0", "", "update[fields:[name pfp]]"},
		{"the own password", owner, func(a *Account) { a.Hash = "new" }, 2, "s1",
			"credential 7 2 s1 password-changed>old@x[at]", "password[]"},
		{"another's password", admin, func(a *Account) { a.Hash = "new" }, 2, "",
			"credential 7 2 password-changed>old@x[at]", "password[]"},
		{"a role", admin, func(a *Account) { a.Role = "Teacher" }, 1, "s0",
			"role 7 0 role-changed>old@x[at role:Teacher]", "role[from:User to:Teacher]"},
		{"the role that it has", admin, func(a *Account) { a.Role = "User" }, 1, "s0", "", ""},
		{"disabled", admin, func(a *Account) { a.Disabled = true }, 2, "",
			"closed 7 2 account-disabled>old@x[at]", "disable[]"},
		{"own password and role", owner, func(a *Account) { a.Hash, a.Role = "new", "Teacher" }, 2, "s1",
			"credential 7 2 s1 password-changed>old@x[at]; role 7 0 role-changed>old@x[at role:Teacher]",
			"role[from:User to:Teacher]; password[]"},
		{"own password and disabled", owner, func(a *Account) { a.Hash, a.Disabled = "new", true }, 2, "",
			"closed 7 2 account-disabled>old@x[at]", "password[]; disable[]"},
		{"an address at once", admin, func(a *Account) { a.Email = "new@x" }, 1, "s0",
			"notice 7 0 email-changed>old@x[at email:new@x] email-changed>new@x[at email:new@x]", "update[fields:[email]]"},
		{"an address that waits", owner, func(a *Account) { a.Pending = "new@x" }, 1, "s0",
			"notice 7 0 email-changed>old@x[at email:new@x pending:true] verification>new@x[]",
			"update[fields:[email_pending]]"},
		{"an address confirmed", owner, func(a *Account) { a.Confirmed = true }, 1, "s0", "", ""},
		{"no address any more", owner, func(a *Account) { a.Email = "" }, 1, "s0",
			"notice 7 0 email-changed>old@x[at email:]", "update[fields:[email]]"},
		{"password and address", admin, func(a *Account) { a.Hash, a.Email = "new", "new@x" }, 2, "",
			"credential 7 2 password-changed>old@x[at]; " +
				"notice 7 0 email-changed>old@x[at email:new@x] email-changed>new@x[at email:new@x]",
			"update[fields:[email]]; password[]"},
	} {
		is := was
		c.edit(&is)
		got := Changed(c.by, was, is, then)
		if told(got.Changes) != c.changes {
			t.Errorf("%s: changes\n%s\nwant\n%s", c.name, told(got.Changes), c.changes)
		}
		if acts(got.Entries) != c.entries {
			t.Errorf("%s: entries %q, want %q", c.name, acts(got.Entries), c.entries)
		}
		if got.Account.Epoch != c.epoch || got.Account.Kept != c.kept {
			t.Errorf("%s: epoch %d, kept %q", c.name, got.Account.Epoch, got.Account.Kept)
		}
		if waits := c.changes != "" && !strings.HasPrefix(c.changes, "notice"); got.endSessions() != waits {
			t.Errorf("%s: ends sessions %t", c.name, !waits)
		}
	}
}

func TestWithoutAnAddressNobodyIsTold(t *testing.T) {
	was := Account{User: User{ID: 7, Epoch: 1, Role: "User"}}
	is := was
	is.Hash, is.Role, is.Pending = "new", "Teacher", ""
	all := append(Changed(Actor{}, was, is, then).Changes, Deleted(Actor{}, was.User, then).Changes...)
	all = append(all, Created(Actor{}, was.User, then).Changes...)
	if len(all) != 3 {
		t.Errorf("changes %+v", all)
	}
	for _, c := range all {
		if len(c.Notices) != 0 {
			t.Errorf("%s: notices %+v", c.Kind, c.Notices)
		}
	}
}

func TestCreatedAndDeleted(t *testing.T) {
	u := User{ID: 7, UID: "toby", Name: "Thomas", Email: "t@x", Role: "User", Epoch: 4, Kept: "s0"}
	for name, c := range map[string]struct {
		got  Consequences
		want string
	}{
		"signed up":        {Created(Actor{}, u, then), "notice 7 0 verification>t@x[]"},
		"made by an Admin": {Created(Actor{ID: 8}, u, then), ""},
		"deleted":          {Deleted(Actor{ID: 7}, u, then), "closed 7 5 account-deleted>t@x[at]"},
	} {
		if got := told(c.got.Changes); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if len(c.got.Entries) != 1 || c.got.Entries[0].SubjectID != 7 || c.got.Entries[0].Detail["role"] != "User" {
			t.Errorf("%s: entries %+v", name, c.got.Entries)
		}
	}
}

func TestEnabledEndsNothing(t *testing.T) {
	was := Account{User: User{ID: 7, Email: "t@x", Disabled: true, Epoch: 3}}
	is := was
	is.Disabled = false
	if got := Changed(Actor{ID: 8}, was, is, then); len(got.Changes) != 0 || acts(got.Entries) != "enable[]" || got.Account != is {
		t.Errorf("%+v", got)
	}
}
