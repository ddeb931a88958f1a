package edge_test

import (
	"strings"
	"testing"
)

func TestPages(t *testing.T) {
	d := open(t)
	for path, want := range map[string]struct{ kind, body string }{
		"/":                {"text/html; charset=utf-8", "<h1>Sign in</h1>"},
		"/signup":          {"text/html; charset=utf-8", "<h1>Sign up</h1>"},
		"/js/api.js":       {"text/javascript; charset=utf-8", "export {}"},
		"/css/base.css":    {"text/css; charset=utf-8", "body {}"},
		"/img/logo.svg":    {"image/svg+xml", "<svg/>"},
		"/app.webmanifest": {"application/manifest+json", "{}"},
		"/?next=/x":        {"text/html; charset=utf-8", "<h1>Sign in</h1>"},
	} {
		for _, cookie := range []string{"a=b", "jwt=expired", "jwt=a; jwt=b", "jwt=" + d.token("User")} {
			r := d.call("GET", path, "", "Cookie: "+cookie)
			if r.StatusCode != 200 || r.Header.Get("Content-Type") != want.kind || r.body != want.body {
				t.Errorf("%s: %d %v %s", path, r.StatusCode, r.Header, r.body)
			}
			if r.Header.Get("Cache-Control") != "no-cache" || r.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
				t.Errorf("%s: %v", path, r.Header)
			}
		}
	}
	if r := d.call("HEAD", "/signup", ""); r.StatusCode != 200 || r.body != "" || r.ContentLength != 16 {
		t.Errorf("HEAD: %d, %d bytes", r.StatusCode, r.ContentLength)
	}
}

func TestETag(t *testing.T) {
	d := open(t)
	etag := d.call("GET", "/signup", "").Header.Get("ETag")
	if len(etag) < 20 || !strings.HasPrefix(etag, `"`) || etag == d.call("GET", "/", "").Header.Get("ETag") {
		t.Fatalf("ETag %s", etag)
	}
	for header, status := range map[string]int{
		etag: 304, "W/" + etag: 304, `"other", ` + etag: 304, "*": 304, `"other"`: 200, strings.Trim(etag, `"`): 200, "": 200,
	} {
		r := d.call("GET", "/signup", "", "If-None-Match: "+header)
		if r.StatusCode != status || r.Header.Get("ETag") != etag || status == 304 && r.body != "" {
			t.Errorf("If-None-Match %s: %d %v", header, r.StatusCode, r.Header)
		}
	}
}

func TestNothingHere(t *testing.T) {
	d := open(t)
	const message = "There is nothing at this address."
	html := "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
	r := d.call("GET", "/nowhere", "", html)
	if r.StatusCode != 404 || r.body != "<h1>Not found</h1>" || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	for _, path := range []string{"/404", "/404.html", "/index.html", "/signup.html", "/signup/", "/Signup", "/js", "/js/", "/js/none.js", "/index"} {
		if r := d.call("GET", path, "", html); r.StatusCode != 404 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	d.want(d.call("GET", "/nowhere", ""), 404, message)
	d.want(d.call("GET", "/api/nowhere", "", html), 404, message)
	d.want(d.call("POST", "/nowhere", "", html), 404, message)
	d.want(d.call("GET", "/api/ID", "", html), 404, message)
	d.want(d.call("GET", "/api/id/", "", html), 404, message)
}

func TestMethodsThatAPathLacks(t *testing.T) {
	d := open(t)
	const message = "This method is not allowed here."
	for _, c := range []struct{ method, path, allow string }{
		{"PATCH", "/api/user", "DELETE, GET, HEAD, POST, PUT"},
		{"GET", "/api/authenticate", "DELETE, POST"},
		{"POST", "/api/id", "GET, HEAD"},
		{"OPTIONS", "/api/id", "GET, HEAD"},
		{"POST", "/signup", "GET, HEAD"},
		{"DELETE", "/", "GET, HEAD"},
	} {
		r := d.call(c.method, c.path, "")
		d.want(r, 405, message)
		if got := r.Header.Get("Allow"); got != c.allow {
			t.Errorf("%s %s: Allow: %s", c.method, c.path, got)
		}
	}
}

// A form that a person sends before the page's script is there leads back to the page.
func TestAFormWithoutScriptLeadsBack(t *testing.T) {
	d := open(t)
	r := d.call("POST", "/signup", "uid=x&password=secret", "Accept: text/html,*/*", "Content-Type: application/x-www-form-urlencoded")
	if r.StatusCode != 303 || r.Header.Get("Location") != "/signup" {
		t.Errorf("%d to %q", r.StatusCode, r.Header.Get("Location"))
	}
}

func TestSecurityHeadersAreOnEveryAnswer(t *testing.T) {
	plain, secure := open(t), open(t, https)
	for _, path := range []string{"/", "/js/api.js", "/nowhere", "/api/id", "/api/open/weak", "/api/down", "/api//x", "/signup"} {
		for _, d := range []*door{plain, secure} {
			h := d.call("GET", path, "").Header
			policy, referrer, opener := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
				"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'", "same-origin", "same-origin"
			if kind := h.Get("Content-Type"); strings.HasPrefix(kind, "application/json") || strings.HasPrefix(kind, "text/javascript") {
				policy, referrer, opener = "default-src 'none'; frame-ancestors 'none'", "", ""
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": referrer,
				"Cross-Origin-Opener-Policy": opener, "Content-Security-Policy": policy,
				"Strict-Transport-Security": map[bool]string{true: "max-age=31536000"}[d == secure],
				"Server":                    "",
			} {
				if got := h.Values(name); strings.Join(got, "|") != want {
					t.Errorf("%s: %s: %v", path, name, got)
				}
			}
			if len(h.Get("X-Request-Id")) < 20 || (h.Get("Permissions-Policy") == "") != (opener == "") {
				t.Errorf("%s: %v", path, h)
			}
		}
	}
	if h := plain.call("GET", "/api/open/x", "").Header; h.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", h)
	}
	if h := plain.call("GET", "/api/open/weak", "").Header; h.Get("Cache-Control") != "max-age=5" {
		t.Errorf("%v", h)
	}
}

func TestLogLine(t *testing.T) {
	d := open(t)
	raw := d.token("User")
	d.call("GET", "/api/id?secret=query", "", "Cookie: jwt="+raw+"; jwt_refresh=refreshvalue")
	d.call("GET", "/api/id", "", "Cookie: jwt=badtoken")
	d.raw("POST /api/small HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n")
	log := d.log.String()
	for _, want := range []string{
		`"route":"/api/id"`, `"sub":"7"`, `"sid":"s1"`, `"upstream":"127.0.0.1:`, `"client":"127.0.0.1"`, `"status":200`,
		`"refused":"Invalid Authentication token!"`, `"status":413`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("%s is not in the log:\n%s", want, log)
		}
	}
	for _, secret := range []string{raw, "refreshvalue", "badtoken", "secret=query"} {
		if strings.Contains(log, secret) {
			t.Errorf("%s is in the log", secret)
		}
	}
}
