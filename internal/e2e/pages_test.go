//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestSessionsPage(t *testing.T) {
	uid := signUp(t, "sessions")
	p, other := atBrowser(t), atBrowser(t)
	other.signsIn(uid)
	p.signsIn(uid)
	p.opens("/sessions", "#sessions [data-id]")
	p.until(`document.querySelectorAll('#sessions [data-id]').length === 2`)
	p.sees("#sessions [data-id]:first-child", "This device")

	p.clicks("#sessions [data-part=end]")
	p.clicks("#end-confirm")
	p.until(`document.querySelectorAll('#sessions [data-id]').length === 1`)
	other.types("#q", uid+kb.Enter)
	other.at("/")
	other.sees("#notice", "You have been signed out")

	p.clicks("#end-all")
	p.clicks("#end-confirm")
	p.at("/")
	p.sees("#notice", "signed out everywhere")
}

func TestSigningOutEverywhereElseAsksForThePassword(t *testing.T) {
	uid := signUp(t, "elsewhere")
	elsewhere := signedIn(t, uid, password)
	p := atBrowser(t)
	p.signsIn(uid)
	p.opens("/sessions", "#sessions [data-id]")
	p.isAskedOnce("DELETE", "/api/sessions")
	p.clicks("#end-others")
	p.clicks("#end-confirm")
	p.types("#proof-password", "not this"+kb.Enter)
	p.sees("#proof-password-error", "wrong")
	elsewhere.want(200, "GET", "/api/id", nil)
	p.types("#proof-password", password+kb.Enter)
	p.sees("#status", "signed out everywhere else")
	p.until(`document.querySelectorAll('#sessions [data-id]').length === 1`)
	elsewhere.refused(401, "Invalid Authentication token!", "GET", "/api/id", nil)
}

func TestProofThatIsNotGivenLeavesTheFormAsItWas(t *testing.T) {
	uid := signUp(t, "unproven")
	p := atBrowser(t)
	p.signsIn(uid)
	p.opensProfile()
	p.isAskedOnce("PUT", "/api/user")
	p.types("#email", uid+"@example.org")
	p.clicks("#save-details")
	p.clicks("#proof-cancel")
	p.sees("#details-message", "enter your password again")
	p.until(`document.querySelector('#email').value === ` + quoted(uid+"@example.org"))
}

// isAskedOnce has the next such call of the page refused as one whose sign-in is too long ago: nobody waits 15 minutes
// here. The proof and the repeated call are real.
func (p Person) isAskedOnce(method, path string) {
	p.t.Helper()
	p.does(chromedp.Evaluate[chromedp.Void](`(() => {
		const real = window.fetch;
		window.fetch = (url, options) => {
			if (url !== ` + quoted(path) + ` || options.method !== ` + quoted(method) + `) return real(url, options);
			window.fetch = real;
			const refusal = { message: 'Please enter your password again to go on.', error: 'reauthentication required' };
			return Promise.resolve(Response.json(refusal, { status: 403 }));
		};
	})()`))
}

func TestForgottenPasswordWithTheCode(t *testing.T) {
	uid, email := signUpWithEmail(t, "forgetful")
	before := signedIn(t, uid, password)
	p := atBrowser(t)
	p.opens("/", "#to-forgot")
	p.clicks("#to-forgot")
	p.types("#uid", uid)
	p.clicks("#send")
	p.sees("#sent", "a message is on its way")
	code := mailed(t, email, "/reset#token=", codeForm)
	p.types("#code", "0000-0000", "#password", "a better one 7")
	p.clicks("#change")
	p.sees("#code-error", "not valid any more")
	p.types("#code", strings.ToLower(code))
	p.clicks("#change")
	p.at("/")
	p.sees("#notice", "Your password is changed")
	before.refused(401, "Invalid Authentication token!", "GET", "/api/id", nil)
	p.types("#uid", uid, "#password", "a better one 7"+kb.Enter)
	p.at("/database")
}

// TestForgottenPasswordWithTheLink has a robot open the link first, as programs that look after mail do.
func TestForgottenPasswordWithTheLink(t *testing.T) {
	uid, email := signUpWithEmail(t, "linked")
	p, robot := atBrowser(t), atBrowser(t)
	p.opens("/forgot", "#uid")
	p.types("#uid", email+kb.Enter)
	p.sees("#sent", "a message is on its way")
	link := mailed(t, email, "/reset#token=", linkForm)
	robot.opens(link, "#set-password")
	p.opens(link, "#set-password")
	p.until(`location.hash === ''`)
	p.types("#password", "a better one 7"+kb.Enter)
	p.at("/")
	p.sees("#notice", "Your password is set")
	signedIn(t, uid, "a better one 7")

	robot.types("#password", "a worse one 8"+kb.Enter)
	robot.sees("#message", "not valid any more")
}

func TestForgottenPasswordOfNobodyLooksTheSame(t *testing.T) {
	p := atBrowser(t)
	p.opens("/forgot", "#uid")
	p.types("#uid", uidOf("nobody-at-all")+kb.Enter)
	p.sees("#sent", "a message is on its way")
}

func TestAddressIsConfirmed(t *testing.T) {
	uid, email := signUpWithEmail(t, "confirmed")
	p := atBrowser(t)
	p.signsIn(uid)
	p.opensProfile()
	p.sees("#email-badge", "Not confirmed yet")
	p.opens(mailed(t, email, "/verify#token=", linkForm), "#confirm")
	p.clicks("#confirm")
	p.sees("#confirmed", "is confirmed")
	p.opensProfile()
	p.sees("#email-badge", "Confirmed")
}

func TestSignInCountsDown(t *testing.T) {
	uid, c := signUp(t, "guessed"), newClient(t)
	for range 10 {
		c.want(401, "POST", "/api/authenticate", credential(uid, "a guess"))
	}
	p := atBrowser(t)
	p.opens("/", "#sign-in")
	p.types("#uid", uid, "#password", "a guess"+kb.Enter)
	p.until(`document.querySelector('#sign-in').disabled`)
	p.sees("#login-form .message[aria-hidden]", "Too many attempts. Try again in")
	p.until(`(window.shown ??= document.querySelector('.message[aria-hidden]').innerText)
		!== document.querySelector('.message[aria-hidden]').innerText`)
}

func TestActivityPage(t *testing.T) {
	uid := signUp(t, "active")
	p := atBrowser(t)
	p.signsIn(uid)
	newClient(t).want(401, "POST", "/api/authenticate", credential(uid, "a guess"))
	p.opens("/activity", "#entries [data-action=login][data-outcome=success]")
	p.until(`document.querySelector('#scopes').hidden`)

	admin := atBrowser(t)
	admin.signsInAsAdmin()
	admin.opens("/activity?of=everybody&uid="+uid, "#entries [data-action=create]")
	admin.chooses("#outcome", "refused")
	admin.until(`[...document.querySelectorAll('#entries [data-outcome]')].every((row) => row.dataset.outcome === 'refused')`)
	admin.sees("#entries [data-action=login]", uid)
	admin.until(`new URLSearchParams(location.search).get('outcome') === 'refused'`)
}

func TestPersonDeletesTheAccount(t *testing.T) {
	uid := signUp(t, "leaving")
	p := atBrowser(t)
	p.signsIn(uid)
	p.opensProfile()
	p.clicks("#delete-account")
	p.types("#removal-uid", "somebody-else"+kb.Enter)
	p.sees("#removal-uid-error", "not your GitHub ID")
	p.types("#removal-uid", uid+kb.Enter)
	p.at("/")
	p.sees("#notice", "Your account is deleted")
	newClient(t).refused(401, "Invalid user id or password", "POST", "/api/authenticate", credential(uid, password))
}

func TestAdminHandsOutALink(t *testing.T) {
	uid := signUp(t, "handed")
	admin, p := atBrowser(t), atBrowser(t)
	admin.signsInAsAdmin()
	admin.opens("/database?q="+uid, "#users [data-part=edit]")
	admin.clicks("#users [data-part=edit]")
	admin.clicks("#users [data-part=link]")
	admin.until(`document.querySelector('#link').value !== ''`)
	p.opens(pathOf(t, admin.value("#link")), "#set-password")
	p.types("#password", "a better one 7"+kb.Enter)
	p.at("/")
	signedIn(t, uid, "a better one 7")
}

func TestImportIsCheckedFirst(t *testing.T) {
	with, invited := uidOf("imported"), uidOf("invited")
	admin := atBrowser(t)
	admin.signsInAsAdmin()
	admin.opens("/import", "#file")
	admin.does(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{csv(t,
		"name,uid,password", "Imported,"+with+","+password, "Again,admin,"+password, "Invited,"+invited+",")}))
	admin.clicks("#check")
	admin.sees("#result", "2 people can be imported, 1 row would be refused")
	admin.sees("#refused-rows", "already taken")
	newClient(t).want(401, "POST", "/api/authenticate", credential(with, password))

	admin.clicks("#import")
	admin.sees("#result", "2 people imported, 1 row refused")
	signedIn(t, with, password)
	uid, link, _ := strings.Cut(admin.value("#links"), "\t")
	if uid != invited {
		t.Fatalf("the invitation is for %q", uid)
	}
	p := atBrowser(t)
	p.opens(pathOf(t, link), "#set-password")
	p.types("#password", "quite my own 5"+kb.Enter)
	p.at("/")
	p.types("#uid", invited, "#password", "quite my own 5"+kb.Enter)
	p.at("/database")
}

func csv(t *testing.T, lines ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// signUpWithEmail makes an account and gives its uid and e-mail address.
func signUpWithEmail(t testing.TB, name string) (uid, email string) {
	t.Helper()
	uid = uidOf(name)
	email = uid + "@example.org"
	newClient(t).want(200, "POST", "/api/user", object{"name": name, "uid": uid, "password": password, "email": email})
	return uid, email
}

var (
	linkForm = regexp.MustCompile(`/(?:reset|verify)#token=[\w.~-]+`)
	codeForm = regexp.MustCompile(`(?m)(?:^|\s)([0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4})(?:\s|$)`)
)

// mailed waits for a mail to the address that holds a text, and gives what fits the form there.
func mailed(t testing.TB, to, holding string, form *regexp.Regexp) (found string) {
	t.Helper()
	text := ""
	arrived := eventually(patience, func() bool {
		text = mailbox.last(t, to)
		return strings.Contains(text, holding)
	})
	match := form.FindStringSubmatch(text)
	if !arrived || match == nil {
		t.Fatalf("no mail to %s holds %s and %s; the last one is\n%s", to, holding, form, text)
	}
	return match[len(match)-1]
}

// pathOf is where a link of this stack leads, with its fragment.
func pathOf(t testing.TB, link string) string {
	t.Helper()
	path, ok := strings.CutPrefix(strings.TrimSpace(link), baseURL)
	if !ok {
		t.Fatalf("the link %q leads elsewhere", link)
	}
	return path
}

func (p Person) signsInAsAdmin() {
	p.t.Helper()
	p.opens("/", "#sign-in")
	p.types("#uid", "admin", "#password", adminPassword+kb.Enter)
	p.at("/database")
}

// opensProfile waits until the fields can be used.
func (p Person) opensProfile() {
	p.t.Helper()
	p.opens("/profile", "#save-details")
	p.until(`!document.querySelector('#details-form fieldset').disabled`)
}

// chooses picks an entry of a list.
func (p Person) chooses(selector, value string) {
	p.t.Helper()
	p.does(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => { const list = document.querySelector(%s);
		list.value = %s; list.dispatchEvent(new Event('change', { bubbles: true })) })()`, quoted(selector), quoted(value))))
}

// value is what a field holds.
func (p Person) value(selector string) string {
	p.t.Helper()
	held, err := chromedp.Run(p.ctx, chromedp.Value(chromedp.CSS(selector)))
	if err != nil {
		p.fails(err)
	}
	return held
}
