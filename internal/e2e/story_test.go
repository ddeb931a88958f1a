//go:build e2e

package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestStory is the whole of it, as a person meets it.
func TestStory(t *testing.T) {
	uid := uidOf("story")
	p := atBrowser(t)

	p.opens("/signup", "#sign-up")
	p.types("#name", "T", "#uid", uid, "#password", password)
	p.clicks("#sign-up")
	p.sees("#name-error", "at least 2 characters")
	p.types("#name", "Story Teller", "#password", "password")
	p.clicks("#sign-up")
	p.sees("#password-error", "common")
	p.types("#password", password)
	p.clicks("#sign-up")
	p.at("/database")

	p.sees("#caller", "Story Teller")
	p.clicks("#sign-out")
	p.at("/")

	p.types("#uid", uid, "#password", "not my password")
	p.clicks("#sign-in")
	p.sees("#message", "Invalid GitHub ID or password")
	p.types("#password", password+kb.Enter)
	p.at("/database")
	copied := p.cookies()["jwt"]
	if copied.Value == "" || !copied.HTTPOnly || copied.SameSite != "Lax" {
		t.Fatalf("the cookie is %+v", copied)
	}
	p.types("#q", uid+kb.Enter)
	p.sees("#users", uid)
	p.until(`document.querySelectorAll('#users tr').length === 1`)

	p.editsOwnRow()
	p.changesPassword()

	p.clicks("#profile-sign-out")
	p.at("/")
	newClient(t).refused(401, "Invalid Authentication token!", "GET", "/api/id", nil, "Cookie", "jwt="+copied.Value)
	p.opens("/profile", "#sign-in")
	p.at("/")
}

func (p Person) editsOwnRow() {
	p.t.Helper()
	p.clicks("#users [data-part=edit]")
	p.types("#users input[name=name]", "Story Told")
	p.clicks("#users [data-action=save]")
	p.sees("#users", "Story Told")
}

func (p Person) changesPassword() {
	p.t.Helper()
	p.opens("/profile", "#save-details")
	p.until(`!document.querySelector('#password-form fieldset').disabled`)
	p.types("#current-password", "not this", "#password", "a better one 7")
	p.clicks("#change-password")
	p.sees("#current-password-error", "wrong")
	p.types("#current-password", password, "#password", "a better one 7")
	p.clicks("#change-password")
	p.until(`document.querySelector('#password-status').innerText !== ''`)
}

func TestSessionIsRenewedWithoutNotice(t *testing.T) {
	uid := signUp(t, "renewed")
	p := atBrowser(t)
	p.signsIn(uid)
	p.forgets("jwt")
	p.opens("/profile", "#save-details")
	p.sees("#profile-uid", uid)
	if p.cookies()["jwt"].Value == "" {
		t.Error("there is no new access token")
	}
	p.forgets("jwt")
	p.forgets("jwt_refresh")
	p.opens("/profile", "#sign-in")
	p.at("/")
	p.until(`location.search === '?next=%2Fprofile'`)
	p.types("#uid", uid, "#password", password+kb.Enter)
	p.at("/profile")
}

func TestAdminManagesUsers(t *testing.T) {
	uid := signUp(t, "managed")
	p := atBrowser(t)
	p.opens("/", "#sign-in")
	p.types("#uid", "admin", "#password", adminPassword+kb.Enter)
	p.at("/database")
	p.opens("/database?q="+uid, "#users [data-part=edit]")
	p.clicks("#users [data-part=edit]")
	p.types("#users input[name=role]", "Teacher")
	p.clicks("#users [data-action=save]")
	p.sees("#users", "Teacher")
	p.clicks("#users [data-part=delete]")
	p.clicks("#delete-confirm")
	p.until(`!document.querySelector('#empty').hidden`)
}

func TestLostPerson(t *testing.T) {
	p := atBrowser(t)
	p.opens("/no-such-page", "main a")
	p.sees("main", "")
	p.screenshot("404")
}

func (p Person) signsIn(uid string) {
	p.t.Helper()
	p.opens("/", "#sign-in")
	p.types("#uid", uid, "#password", password+kb.Enter)
	p.at("/database")
}
