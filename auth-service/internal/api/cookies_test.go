package api_test

import (
	"strings"
	"testing"
)

// Every attribute of every cookie, as the browser gets it.
func TestCookieAttributes(t *testing.T) {
	const hour, week, halfYear = "; max-age=3600", "; max-age=604800", "; max-age=15552000"
	const gone = "; max-age=0"
	for name, c := range map[string]struct {
		public  string
		origins []string
		prefix  [2]string
		tail    string
	}{
		"http":                            {"http://localhost:8087", nil, [2]string{"", ""}, "; HttpOnly; SameSite=Lax"},
		"https":                           {"https://login.example.org", nil, [2]string{"__Host-", "__Secure-"}, "; HttpOnly; secure; SameSite=Lax"},
		"a page on another port":          {"http://localhost:8087", []string{"http://localhost:4100"}, [2]string{"", ""}, "; HttpOnly; SameSite=Lax"},
		"a page on a sibling domain":      {"https://login.example.org", []string{"https://www.example.org"}, [2]string{"__Host-", "__Secure-"}, "; HttpOnly; secure; SameSite=Lax"},
		"a page on another site":          {"https://login.example.org", []string{"https://www.example.org", "https://alice.github.io"}, [2]string{"__Host-", "__Secure-"}, "; HttpOnly; secure; SameSite=None"},
		"a page of another GitHub user":   {"https://bob.github.io", []string{"https://alice.github.io"}, [2]string{"__Host-", "__Secure-"}, "; HttpOnly; secure; SameSite=None"},
		"a page of another scheme":        {"https://login.example.org", []string{"http://www.example.org"}, [2]string{"__Host-", "__Secure-"}, "; HttpOnly; secure; SameSite=None"},
		"another site while at localhost": {"http://localhost:8087", []string{"https://alice.github.io"}, [2]string{"", ""}, "; HttpOnly; secure; SameSite=None"},
		"another address":                 {"http://192.0.2.1:8087", []string{"http://198.51.2.1:4100"}, [2]string{"", ""}, "; HttpOnly; secure; SameSite=None"},
		"the same address":                {"http://192.0.2.1:8087", []string{"http://192.0.2.1:4100"}, [2]string{"", ""}, "; HttpOnly; SameSite=Lax"},
	} {
		d := open(t, c.public, c.origins...)
		access, refresh, device := c.prefix[0]+"jwt", c.prefix[1]+"jwt_refresh", c.prefix[1]+"jwt_device"
		check := func(when, cookie string, got answer, want string) {
			t.Helper()
			if value := got.value(cookie); got.cookies[cookie] != cookie+"="+value+want {
				t.Errorf("%s, %s: %q; want the value and %q", name, when, got.cookies[cookie], want)
			}
		}
		in := d.ask("POST", login, `{"uid":"alice","password":"right"}`)
		check("at login", access, in, hour+"; path=/"+c.tail)
		check("at login", refresh, in, week+"; path=/api/authenticate"+c.tail)
		check("at login", device, in, halfYear+"; path=/api/authenticate"+c.tail)
		again := d.ask("POST", login+"/refresh", "", "Cookie: "+refresh+"="+in.value(refresh))
		check("at refresh", access, again, hour+"; path=/"+c.tail)
		out := d.ask("DELETE", login, "", "Cookie: "+refresh+"="+in.value(refresh))
		check("at logout", access, out, gone+"; path=/"+c.tail)
		check("at logout", refresh, out, gone+"; path=/api/authenticate"+c.tail)
		if len(in.cookies) != 3 || len(again.cookies) != 2 || len(out.cookies) != 2 || out.value(access) != "" || strings.Contains(strings.ToLower(in.cookies[access]), "domain") {
			t.Errorf("%s: %v, then %v", name, in.cookies, out.cookies)
		}
	}
}
