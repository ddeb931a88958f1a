package api_test

import (
	"strings"
	"testing"
)

const public = "http://localhost:8087"

func TestLoginAnswers(t *testing.T) {
	d := open(t, public)
	for name, c := range map[string]struct {
		body    string
		status  int
		message string
	}{
		"no body":           {"", 400, "Please provide user details"},
		"an empty object":   {"{}", 400, "Please provide user details"},
		"an empty list":     {"[]", 400, "Please provide user details"},
		"null":              {"null", 400, "Please provide user details"},
		"no uid":            {`{"password":"right"}`, 401, "User ID is missing"},
		"an empty uid":      {`{"uid":"","password":"right"}`, 401, "User ID is missing"},
		"a uid of null":     {`{"uid":null,"password":"right"}`, 401, "User ID is missing"},
		"no password":       {`{"uid":"alice"}`, 401, "Password is missing"},
		"an empty password": {`{"uid":"alice","password":""}`, 401, "Password is missing"},
		"a wrong password":  {`{"uid":"alice","password":"wrong"}`, 401, "Invalid user id or password"},
		"an unknown user":   {`{"uid":"nobody","password":"right"}`, 401, "Invalid user id or password"},
		"malformed":         {`{"uid":`, 400, "The request body is not valid JSON."},
		"a list of users":   {`[{"uid":"alice","password":"right"}]`, 400, "The request body is of the wrong type."},
		"a password of 1":   {`{"uid":"alice","password":1}`, 400, "The member password of the request body is of the wrong type."},
	} {
		got := d.ask("POST", login, c.body)
		if got.status != c.status || got.message() != c.message || len(got.cookies) != 0 {
			t.Errorf("%s: %d %s %v; want %d %q and no cookies", name, got.status, got.body, got.cookies, c.status, c.message)
		}
		if strings.Contains(got.body, "right") || strings.Contains(got.body, "wrong\"") {
			t.Errorf("%s: the answer echoes the password: %s", name, got.body)
		}
	}
	got := d.ask("POST", login, `{"uid":"ALICE","password":"right","remember":true}`)
	if got.status != 200 || got.body != "Authentication for Alice successful" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") || len(got.cookies) != 3 {
		t.Errorf("a sign-in: %d %q %v", got.status, got.body, got.header)
	}
	if got := d.ask("POST", login, `{"uid":"alice","password":"right"}`, "Content-Type: text/plain"); got.status != 415 {
		t.Errorf("a credential as text/plain, which any page may send: %d", got.status)
	}
}

// Unknown and wrong are one answer but for the request's id and the time.
func TestUnknownAndWrongAreAlike(t *testing.T) {
	d := open(t, public)
	wrong := d.ask("POST", login, `{"uid":"alice","password":"wrong"}`, "X-Request-Id: R1")
	unknown := d.ask("POST", login, `{"uid":"nobody","password":"right"}`, "X-Request-Id: R1")
	wrong.header.Del("Date")
	unknown.header.Del("Date")
	if wrong.body != unknown.body || len(wrong.header) != len(unknown.header) {
		t.Errorf("%s %v\n%s %v", wrong.body, wrong.header, unknown.body, unknown.header)
	}
	for name := range wrong.header {
		if wrong.header.Get(name) != unknown.header.Get(name) {
			t.Errorf("the header %s is %q and %q", name, wrong.header.Get(name), unknown.header.Get(name))
		}
	}
}

func TestLogoutAnswers(t *testing.T) {
	d := open(t, public)
	for name, headers := range map[string]func(access, refresh string) []string{
		"by both":                     func(a, r string) []string { return []string{a, r} },
		"by the access token alone":   func(a, _ string) []string { return []string{a} },
		"by the refresh cookie alone": func(_, r string) []string { return []string{r} },
		"with a bad access token":     func(a, r string) []string { return []string{a[:len(a)-6], r} },
	} {
		access, refresh := d.signIn()
		got := d.ask("DELETE", login, "", headers(access, refresh)...)
		if got.status != 200 || got.body != "Token invalidated successfully" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if len(got.cookies) != 2 {
			t.Errorf("%s: the browser is forgotten: %v", name, got.cookies)
		}
		for _, cookie := range []string{"jwt", "jwt_refresh"} {
			if !strings.Contains(got.cookies[cookie], "; max-age=0;") || got.value(cookie) != "" {
				t.Errorf("%s: %s is not cleared: %q", name, cookie, got.cookies[cookie])
			}
		}
		if again := d.ask("POST", login+"/refresh", "", refresh); again.status != 401 {
			t.Errorf("%s: the refresh token is good for %d", name, again.status)
		}
		if again := d.ask("DELETE", login, "", access, refresh); again.status != 401 || again.message() != "Invalid Authentication token!" {
			t.Errorf("%s: a second logout: %d %s", name, again.status, again.body)
		}
	}
	for name, c := range map[string]struct{ header, message string }{
		"nothing":           {"X-Nothing: 1", "Authentication Token is missing!"},
		"another scheme":    {"Authorization: Basic YTpi", "Authentication Token is missing!"},
		"an empty token":    {"Authorization: Bearer ", "Authentication Token is missing!"},
		"garbage":           {"Authorization: Bearer garbage", "Invalid Authentication token!"},
		"a garbage cookie":  {"Cookie: jwt_refresh=garbage", "Invalid Authentication token!"},
		"the access cookie": {"Cookie: jwt=garbage", "Authentication Token is missing!"}, // the gateway hands it on as a header
	} {
		if got := d.ask("DELETE", login, "", c.header); got.status != 401 || got.message() != c.message {
			t.Errorf("%s: %d %s; want %s", name, got.status, got.body, c.message)
		}
	}
}

func TestRefreshAnswers(t *testing.T) {
	d := open(t, public)
	_, refresh := d.signIn()
	got := d.ask("POST", login+"/refresh", "", refresh)
	if got.status != 204 || got.body != "" || got.value("jwt") == "" || "Cookie: jwt_refresh="+got.value("jwt_refresh") == refresh {
		t.Errorf("a refresh: %d %q %v", got.status, got.body, got.cookies)
	}
	again := d.ask("POST", login+"/refresh", "", refresh)
	if again.status != 204 || again.value("jwt_refresh") != got.value("jwt_refresh") {
		t.Errorf("the same within the grace: %d, %q; want %q", again.status, again.value("jwt_refresh"), got.value("jwt_refresh"))
	}
	d.users.gone = true
	_, current := d.users, "Cookie: jwt_refresh="+got.value("jwt_refresh")
	for name, c := range map[string]struct{ header, message string }{
		"nothing":            {"X-Nothing: 1", "Authentication Token is missing!"},
		"garbage":            {"Cookie: jwt_refresh=garbage", "Invalid Authentication token!"},
		"of a user who left": {current, "Invalid Authentication token!"},
	} {
		got := d.ask("POST", login+"/refresh", "", c.header)
		if got.status != 401 || got.message() != c.message || len(got.cookies) != 2 || got.value("jwt_refresh") != "" {
			t.Errorf("%s: %d %s %v; want %s and cleared cookies", name, got.status, got.body, got.cookies, c.message)
		}
	}
}

// A dependency that is down signs nobody out: 503, when to come back, and the cookies are left alone.
func TestCookiesAreKeptWhileADependencyIsDown(t *testing.T) {
	d := open(t, public)
	access, refresh := d.signIn()
	unavailable := func(what string, got answer) {
		t.Helper()
		if got.status != 503 || got.message() == "" || len(got.cookies) != 0 {
			t.Errorf("%s: %d %s %v; want 503 and no cookies", what, got.status, got.body, got.cookies)
		}
	}
	d.users.down = true
	unavailable("login without user-service", d.ask("POST", login, `{"uid":"alice","password":"right"}`))
	unavailable("refresh without user-service", d.ask("POST", login+"/refresh", "", refresh))
	d.users.down = false
	d.redis.Stop()
	for what, got := range map[string]answer{
		"login without Redis":   d.ask("POST", login, `{"uid":"alice","password":"right"}`),
		"refresh without Redis": d.ask("POST", login+"/refresh", "", refresh),
		"logout without Redis":  d.ask("DELETE", login, "", access, refresh),
	} {
		unavailable(what, got)
		if got.header.Get("Retry-After") != "2" {
			t.Errorf("%s: Retry-After is %q", what, got.header.Get("Retry-After"))
		}
	}
	d.redis.Resume()
	if got := d.ask("POST", login+"/refresh", "", refresh); got.status != 204 {
		t.Errorf("with both back a refresh is %d %s", got.status, got.body)
	}
}

func TestTheKeySetIsPublished(t *testing.T) {
	d := open(t, public)
	got := d.ask("GET", "/.well-known/jwks.json", "")
	if got.status != 200 || got.body != string(d.keySet) || got.header.Get("Content-Type") != "application/jwk-set+json" ||
		got.header.Get("Cache-Control") != "public, max-age=5" {
		t.Errorf("%d %s %v", got.status, got.body, got.header)
	}
}

func TestOtherPathsAndMethods(t *testing.T) {
	d := open(t, public)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", login, 405, "POST, DELETE"},
		{"PUT", login, 405, "POST, DELETE"},
		{"GET", login + "/refresh", 405, "POST"},
		{"POST", "/.well-known/jwks.json", 405, "GET, HEAD"},
		{"GET", proof, 405, "POST"},
		{"PUT", sessions, 405, "GET, HEAD, DELETE"},
		{"GET", sessions + "/x", 405, "DELETE"},
		{"DELETE", sessions + "/", 404, ""},
		{"POST", login + "/", 404, ""},
		{"POST", "/API/authenticate", 404, ""},
		{"GET", "/", 404, ""},
	} {
		got := d.ask(c.method, c.path, "")
		if got.status != c.status || got.header.Get("Allow") != c.allow || got.message() == "" {
			t.Errorf("%s %s: %d, Allow %q, %s; want %d and %q", c.method, c.path, got.status, got.header.Get("Allow"), got.body, c.status, c.allow)
		}
	}
}

func TestRequestIDIsHandedOn(t *testing.T) {
	d := open(t, public)
	got := d.ask("POST", login, `{"uid":"alice","password":"right"}`, "X-Request-Id: FromTheGateway1")
	if d.users.requestID != "FromTheGateway1" || got.header.Get("X-Request-Id") != "FromTheGateway1" {
		t.Errorf("user-service got %q, the caller %q", d.users.requestID, got.header.Get("X-Request-Id"))
	}
}
