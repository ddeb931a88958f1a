package edge_test

import (
	"strings"
	"testing"
)

const foreign = "The request comes from a page that is not allowed here."

func TestOriginOfAChange(t *testing.T) {
	d := open(t)
	cookie := "Cookie: jwt=" + d.token("User")
	for _, c := range []struct {
		name    string
		headers []string
		ok      bool
	}{
		{"public url", []string{"Origin: http://localhost:8087"}, true},
		{"own host", []string{"Origin: http://" + d.addr}, true},
		{"own host, https", []string{"Origin: https://" + d.addr}, true},
		{"allowed", []string{"Origin: " + allowed}, true},
		{"allowed, cross-site", []string{"Origin: " + allowed, "Sec-Fetch-Site: cross-site"}, true},
		{"same-origin", []string{"Sec-Fetch-Site: same-origin"}, true},
		{"typed", []string{"Sec-Fetch-Site: none"}, true},
		{"evil", []string{"Origin: https://evil.example"}, false},
		{"evil that says none", []string{"Origin: https://evil.example", "Sec-Fetch-Site: none"}, false},
		{"null", []string{"Origin: null"}, false},
		{"null, same-origin", []string{"Origin: null", "Sec-Fetch-Site: same-origin"}, false},
		{"other port", []string{"Origin: http://localhost:8088"}, false},
		{"other scheme", []string{"Origin: ftp://" + d.addr}, false},
		{"prefix", []string{"Origin: " + allowed + ".evil.example"}, false},
		{"suffix", []string{"Origin: http://evil." + d.addr}, false},
		{"user part", []string{"Origin: http://" + d.addr + "@evil.example"}, false},
		{"same-site", []string{"Sec-Fetch-Site: same-site"}, false},
		{"cross-site", []string{"Sec-Fetch-Site: cross-site"}, false},
		{"unknown site", []string{"Sec-Fetch-Site: x"}, false},
		{"nothing", nil, false},
	} {
		r := d.call("PUT", "/api/user", "{}", append(c.headers, cookie)...)
		if c.ok {
			d.want(r, 200, "")
		} else {
			d.want(r, 403, foreign)
		}
		if t.Failed() {
			t.Fatal(c.name)
		}
	}
}

func TestWithoutCookiesThereIsNothingToMisuse(t *testing.T) {
	d := open(t)
	d.want(d.call("POST", "/api/authenticate", "{}"), 200, "")
	d.want(d.call("POST", "/api/authenticate", "{}", "Cookie: theme=dark"), 200, "")
	d.want(d.call("POST", "/api/authenticate", "{}", "Cookie: jwt_device=x"), 200, "") // lets nobody in by itself
	for _, h := range []string{"Cookie: jwt=x", "Cookie: jwt_refresh=x", "Cookie: jwt=", "Cookie: jwt_device=x; jwt=x", "Cookie: jwt_refresh=x; jwt_device=x", "Origin: https://evil.example", "Origin: null"} {
		d.want(d.call("POST", "/api/authenticate", "{}", h), 403, foreign)
	}
}

func TestReadingNeedsNoOrigin(t *testing.T) {
	d := open(t)
	r := d.call("GET", "/api/id", "", "Cookie: jwt="+d.token("User"), "Origin: https://evil.example")
	d.want(r, 200, "")
	if r.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("the other page may read the answer")
	}
}

func TestPlainOriginIsNotOursOnHTTPS(t *testing.T) {
	d := open(t, https)
	cookie := "Cookie: __Host-jwt=" + d.token("User")
	d.want(d.call("PUT", "/api/user", "{}", cookie, "Origin: https://gate.example"), 200, "")
	d.want(d.call("PUT", "/api/user", "{}", cookie, "Origin: https://"+d.addr), 200, "")
	d.want(d.call("PUT", "/api/user", "{}", cookie, "Origin: http://gate.example"), 403, foreign)
	d.want(d.call("PUT", "/api/user", "{}", cookie, "Origin: http://"+d.addr), 403, foreign)
}

func TestCORSOnAnswersAndRefusals(t *testing.T) {
	d := open(t)
	for path, status := range map[string]int{
		"/api/open/weak": 200, "/api/id": 401, "/api/nothing": 404, "/api//id": 400, "/api/down": 503, "/": 200,
	} {
		r := d.call("GET", path, "", "Origin: "+allowed)
		d.want(r, status, "")
		h := r.Header
		if h.Get("Access-Control-Allow-Origin") != allowed || h.Get("Access-Control-Allow-Credentials") != "true" ||
			h.Get("Access-Control-Expose-Headers") != "Link, Retry-After, X-Request-Id" || !strings.Contains(h.Get("Vary"), "Origin") {
			t.Errorf("%s: %v", path, h)
		}
		h = d.call("GET", path, "", "Origin: https://evil.example").Header
		if h.Get("Access-Control-Allow-Origin") != "" || !strings.Contains(h.Get("Vary"), "Origin") {
			t.Errorf("%s for another origin: %v", path, h)
		}
	}
}

func TestPreflight(t *testing.T) {
	d := open(t)
	ask := []string{"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: content-type,x-origin"}
	r := d.call("OPTIONS", "/api/user", "", append(ask, "Origin: "+allowed)...)
	d.want(r, 204, "")
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": allowed, "Access-Control-Allow-Credentials": "true",
		"Access-Control-Allow-Methods": "DELETE, GET, HEAD, POST, PUT", "Access-Control-Allow-Headers": "Content-Type, X-Origin",
		"Access-Control-Max-Age": "600", "Vary": "Origin",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q; want %q", name, got, want)
		}
	}
	for _, origin := range []string{"https://evil.example", "null", strings.ToUpper(allowed), allowed + "/", "*"} {
		r := d.call("OPTIONS", "/api/user", "", append(ask, "Origin: "+origin)...)
		d.want(r, 403, foreign)
		if r.Header.Get("Access-Control-Allow-Origin") != "" || r.Header.Get("Access-Control-Allow-Methods") != "" {
			t.Errorf("%s: %v", origin, r.Header)
		}
	}
	d.want(d.call("OPTIONS", "/api/nothing", "", append(ask, "Origin: "+allowed)...), 404, "")
	d.want(d.call("OPTIONS", "/api/user", ""), 405, "")
}

func TestNoOriginsNoCORS(t *testing.T) {
	d := open(t, noOrigins)
	r := d.call("GET", "/api/open/weak", "", "Origin: "+allowed)
	if h := r.Header; h.Get("Vary") != "" || h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%v", h)
	}
	d.want(d.call("OPTIONS", "/api/user", "", "Origin: "+allowed, "Access-Control-Request-Method: PUT"), 403, foreign)
}
