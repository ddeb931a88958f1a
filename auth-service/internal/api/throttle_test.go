package api_test

import (
	"strings"
	"testing"
)

// Too many guesses are refused in the same words, and for as long, whether or not there is such an account.
func TestTooManyAttempts(t *testing.T) {
	d := open(t, public)
	guesses := func(uid string) answer {
		t.Helper()
		for range 10 {
			if got := d.ask("POST", login, `{"uid":"`+uid+`","password":"wrong"}`, "X-Real-Ip: 192.0.2.7"); got.status != 401 {
				t.Fatalf("%s: %d %s", uid, got.status, got.body)
			}
		}
		return d.ask("POST", login, `{"uid":"`+uid+`","password":"right"}`, "X-Real-Ip: 198.51.100.1", "X-Request-Id: R1")
	}
	known, unknown := guesses("alice"), guesses("nobody")
	if known.status != 429 || known.header.Get("Retry-After") != "60" || known.message() != "Too many attempts. Please try again later." || len(known.cookies) != 0 {
		t.Errorf("%d %s %v", known.status, known.body, known.header)
	}
	if known.body != unknown.body || known.status != unknown.status || len(known.header) != len(unknown.header) {
		t.Errorf("a known account: %s %v\nan unknown one: %s %v", known.body, known.header, unknown.body, unknown.header)
	}
	known.header.Del("Date")
	for name := range known.header {
		if known.header.Get(name) != unknown.header.Get(name) {
			t.Errorf("the header %s is %q and %q", name, known.header.Get(name), unknown.header.Get(name))
		}
	}
	if log := d.log.String(); strings.Count(log, `"outcome":"throttled"`) != 2 || strings.Contains(log, "nobody") {
		t.Errorf("the log is %s", log)
	}
}

// The browser that signed in before comes with its cookie, and is let in while strangers are not.
func TestAKnownBrowserIsLetIn(t *testing.T) {
	d := open(t, public)
	in := d.ask("POST", login, `{"uid":"alice","password":"right"}`)
	for range 11 {
		d.ask("POST", login, `{"uid":"alice","password":"wrong"}`)
	}
	if got := d.ask("POST", login, `{"uid":"alice","password":"right"}`); got.status != 429 {
		t.Fatalf("a stranger: %d %s", got.status, got.body)
	}
	got := d.ask("POST", login, `{"uid":"ALICE","password":"right"}`, "Cookie: jwt_device="+in.value("jwt_device"))
	if got.status != 200 || got.value("jwt_device") != in.value("jwt_device") {
		t.Errorf("the owner: %d %s %v", got.status, got.body, got.cookies)
	}
}
