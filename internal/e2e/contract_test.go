//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The uids of a run differ from those of any other, so that a stack can be used twice.
var run36 = fmt.Sprintf("%x", time.Now().UnixMilli())

func uidOf(name string) string { return name + "-" + run36 }

const password = "123Toby!"

// signUp makes an account and gives its uid.
func signUp(t testing.TB, name string) string {
	t.Helper()
	uid := uidOf(name)
	newClient(t).want(200, "POST", "/api/user", object{"name": name, "uid": uid, "password": password})
	return uid
}

func TestSignInRefusals(t *testing.T) {
	uid := signUp(t, "refusals")
	c := newClient(t)
	for _, each := range []struct {
		status        int
		message, body string
	}{
		{400, "Please provide user details", ""},
		{400, "Please provide user details", "{}"},
		{400, "Please provide user details", "[]"},
		{400, "Please provide user details", "null"},
		{401, "User ID is missing", `{"password":"x"}`},
		{401, "Password is missing", `{"uid":"x"}`},
		{401, "Password is missing", `{"uid":"x","password":""}`},
		{401, "Invalid user id or password", `{"uid":"nobody-at-all","password":"123Toby!"}`},
		{401, "Invalid user id or password", `{"uid":"` + uid + `","password":"wrong"}`},
		{401, "Invalid user id or password", `{"uid":"` + uid + `","password":"` + strings.Repeat("x", 4096) + `"}`},
		{401, "Invalid user id or password", `{"uid":"a\u0000b","password":"\ud800"}`},
		{400, "The request body is not valid JSON.", `{"uid":`},
		{400, "The member uid of the request body is of the wrong type.", `{"uid":1,"password":"x"}`},
		{400, "The request body is nested too deep.", `{"x":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`},
		{413, "The request is too large.", `{"uid":"` + strings.Repeat("x", 70_000) + `"}`},
	} {
		c.refused(each.status, each.message, "POST", "/api/authenticate", each.body)
	}
	c.refused(415, "The request body must be JSON (Content-Type: application/json).",
		"POST", "/api/authenticate", "uid=x", "Content-Type", "application/x-www-form-urlencoded")
}

func TestUnknownAndWrongLookAlike(t *testing.T) {
	uid := signUp(t, "alike")
	shape := func(uid string) string {
		answer := newClient(t).want(401, "POST", "/api/authenticate", credential(uid, "not this one"))
		answer.Header.Del("X-Request-Id")
		answer.Header.Del("Date")
		id := answer.Body[strings.Index(answer.Body, "request_id"):]
		return fmt.Sprint(answer.Header, strings.ReplaceAll(answer.Body, id, ""))
	}
	if known, unknown := shape(uid), shape("nobody-"+uid); known != unknown {
		t.Errorf("a known user is told\n%s\nan unknown one\n%s", known, unknown)
	}
}

func TestSignInGivesASessionAndSignOutEndsIt(t *testing.T) {
	uid := signUp(t, "session")
	c := newClient(t)
	answer := c.want(200, "POST", "/api/authenticate", credential(strings.ToUpper(uid), password))
	if answer.Body != "Authentication for "+uid+" successful" {
		t.Errorf("the answer is %q", answer.Body)
	}
	var caller struct{ UID, Role string }
	c.want(200, "GET", "/api/id", nil).json(t, &caller)
	if caller.UID != uid || caller.Role != "User" {
		t.Errorf("the caller is %+v", caller)
	}
	copied := "jwt=" + c.cookie("/", "jwt")
	if answer := c.want(200, "DELETE", "/api/authenticate", nil); answer.Body != "Token invalidated successfully" {
		t.Errorf("the answer is %q", answer.Body)
	}
	c.refused(401, "Authentication Token is missing!", "GET", "/api/id", nil)
	newClient(t).refused(401, "Invalid Authentication token!", "GET", "/api/id", nil, "Cookie", copied)
	c.refused(401, "Authentication Token is missing!", "DELETE", "/api/authenticate", nil)
}

func TestSignOutWithAnExpiredAccessToken(t *testing.T) {
	uid := signUp(t, "expired")
	c := signedIn(t, uid, password)
	refresh := "jwt_refresh=" + c.cookie("/api/authenticate", "jwt_refresh")
	c.drop("/", "jwt")
	c.want(200, "DELETE", "/api/authenticate", nil)
	newClient(t).refused(401, "Invalid Authentication token!", "POST", "/api/authenticate/refresh", nil, "Cookie", refresh)
}

func TestRefresh(t *testing.T) {
	uid := signUp(t, "refresh")
	c := signedIn(t, uid, password)
	before := c.cookie("/api/authenticate", "jwt_refresh")
	c.drop("/", "jwt")
	c.refused(401, "Authentication Token is missing!", "GET", "/api/id", nil)
	c.want(204, "POST", "/api/authenticate/refresh", nil)
	after := c.cookie("/api/authenticate", "jwt_refresh")
	c.want(200, "GET", "/api/id", nil)
	// A second tab comes with the same token, and gets the same successor.
	other := newClient(t)
	other.want(204, "POST", "/api/authenticate/refresh", nil, "Cookie", "jwt_refresh="+before)
	if got := other.cookie("/api/authenticate", "jwt_refresh"); got != after || got == before {
		t.Errorf("two tabs got different successors")
	}
	newClient(t).refused(401, "Authentication Token is missing!", "POST", "/api/authenticate/refresh", nil)
	newClient(t).refused(401, "Invalid Authentication token!", "POST", "/api/authenticate/refresh", nil, "Cookie", "jwt_refresh=x.0.y")
}

func TestSignUpRefusals(t *testing.T) {
	taken := signUp(t, "taken")
	c := newClient(t)
	row := func(name, uid, password string) object { return object{"name": name, "uid": uid, "password": password} }
	for _, each := range []struct {
		message string
		body    any
	}{
		{"Please provide user details", "{}"},
		{"Name is missing, or is less than 2 characters", row("x", uidOf("x"), password)},
		{"Name is missing, or is less than 2 characters", object{"uid": uidOf("x"), "password": password}},
		{"User ID is missing, or is less than 2 characters", row("Toby", "x", password)},
		{"User ID is missing, or is less than 2 characters", object{"name": "Toby", "password": password}},
		{"Processed Toby, either a format error or User ID " + strings.ToUpper(taken) + " is duplicate", row("Toby", strings.ToUpper(taken), password)},
	} {
		c.refused(400, each.message, "POST", "/api/user", each.body)
	}
	for _, body := range []object{
		row("Toby", uidOf("weak"), "short"),
		row("Toby", uidOf("weak"), "password"),
		row("Toby", uidOf("weak"), uidOf("weak")),
		row("Toby", uidOf("weak"), strings.Repeat("x", 4096)),
		row("Toby", uidOf("weak"), "12345678\x00"),
		row("Toby", strings.Repeat("x", 300), password),
		row(strings.Repeat("x", 300), uidOf("long"), password),
		row("To\u0007by", uidOf("control"), password),
		row("To\u202eby", uidOf("rtl"), password),
		row("Toby", "to by", password),
		row("Toby", "toby\u202e", password),
		row("Toby", "toby😀", password),
	} {
		if answer := c.want(400, "POST", "/api/user", body); len(answer.Body) > 1024 {
			t.Errorf("the refusal of %.60v is long: %s", body, answer.Body)
		}
	}
	c.want(200, "POST", "/api/user", row("Toby 😀", uidOf("emoji"), password))
}

func TestRoles(t *testing.T) {
	uid, other := signUp(t, "roles"), signUp(t, "other")
	c := signedIn(t, uid, password)
	const message = "Insufficient permissions. Required roles: [Admin]"
	c.refused(403, message, "DELETE", "/api/user", object{"uid": other})
	c.refused(403, message, "POST", "/api/users", []object{{"uid": "x"}})
	c.refused(403, message, "PUT", "/api/user", object{"uid": other, "name": "Mine"})
	c.refused(403, message, "PUT", "/api/user", object{"role": "Admin"})
	newClient(t).refused(401, "Authentication Token is missing!", "DELETE", "/api/user", object{"uid": other})

	admin := signedIn(t, "admin", adminPassword)
	admin.want(200, "PUT", "/api/user", object{"uid": other, "role": "Teacher", "name": "New Name"})
	admin.refused(404, "User nobody-there not found", "PUT", "/api/user", object{"uid": "nobody-there", "name": "xx"})
	admin.refused(404, "User nobody-there not found", "DELETE", "/api/user", object{"uid": "nobody-there"})
	admin.want(204, "DELETE", "/api/user", object{"uid": other})
	newClient(t).refused(401, "Invalid user id or password", "POST", "/api/authenticate", credential(other, password))
}

func TestListPages(t *testing.T) {
	for i := range 5 {
		signUp(t, fmt.Sprintf("page%d", i))
	}
	uid := uidOf("page0")
	c := signedIn(t, uid, password)
	var seen []string
	for path := "/api/user?limit=2&q=" + run36; path != ""; {
		answer := c.want(200, "GET", path, nil)
		var users []struct {
			UID    string
			Access []string
			Email  *string
		}
		answer.json(t, &users)
		for _, u := range users {
			if rw := u.Access[0] == "rw"; rw != (u.UID == uid) {
				t.Errorf("%s has access %v", u.UID, u.Access)
			}
			if u.Email != nil && u.UID != uid {
				t.Errorf("the e-mail of %s is shown to another user", u.UID)
			}
			seen = append(seen, u.UID)
		}
		path = nextPage(answer.Header)
	}
	for i := range 5 {
		if n := strings.Count(strings.Join(seen, " ")+" ", uidOf(fmt.Sprintf("page%d", i))+" "); n != 1 {
			t.Errorf("page%d was listed %d times in %v", i, n, seen)
		}
	}
	c.want(400, "GET", "/api/user?limit=201", nil)
	c.want(400, "GET", "/api/user?cursor=!", nil)
}

func nextPage(h http.Header) string {
	link := h.Get("Link")
	if !strings.HasSuffix(link, `; rel="next"`) {
		return ""
	}
	return strings.Trim(strings.TrimSuffix(link, `; rel="next"`), "<>")
}

func TestPasswordChange(t *testing.T) {
	uid := signUp(t, "change")
	c := signedIn(t, uid, password)
	c.want(200, "PUT", "/api/user", object{"password": "quite another 1", "current_password": password})
	newClient(t).refused(401, "Invalid user id or password", "POST", "/api/authenticate", credential(uid, password))
	signedIn(t, uid, "quite another 1")
}

func TestManyUsers(t *testing.T) {
	admin := signedIn(t, "admin", adminPassword)
	answer := admin.want(200, "POST", "/api/users", []object{
		{"name": "One", "uid": uidOf("many1"), "password": password},
		{"name": "T", "uid": uidOf("many2"), "password": password},
		{"name": "Again", "uid": uidOf("MANY1"), "password": password},
	})
	var result struct{ Errors []struct{ Index int } }
	answer.json(t, &result)
	if len(result.Errors) != 2 || result.Errors[0].Index != 1 || result.Errors[1].Index != 2 {
		t.Errorf("the errors are %s", answer.Body)
	}
	signedIn(t, uidOf("many1"), password)
}

func TestAddresses(t *testing.T) {
	c := newClient(t)
	c.refused(404, "There is nothing at this address.", "GET", "/api/nothing", nil)
	answer := c.do("PATCH", "/api/user", "{}")
	if answer.Status != 405 || !strings.Contains(answer.Header.Get("Allow"), "PUT") {
		t.Errorf("PATCH /api/user: %d, Allow %q", answer.Status, answer.Header.Get("Allow"))
	}
	page := c.want(404, "GET", "/nothing-here", nil, "Accept", "text/html")
	if !strings.Contains(page.Body, "<html") {
		t.Errorf("a person who is lost gets %s", page.Body)
	}
	c.want(400, "GET", "/api//id", nil)
	c.want(400, "GET", "/api/%2e%2e/id", nil)
	c.refused(403, "The request comes from a page that is not allowed here.", "POST", "/api/authenticate",
		credential("x", "y"), "Origin", "https://evil.example")
}

func TestSecurityHeaders(t *testing.T) {
	for _, path := range []string{"/", "/api/id", "/css/base.css", "/nothing"} {
		h := newClient(t).do("GET", path, nil).Header
		policy := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe-inline") ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Request-Id") == "" {
			t.Errorf("%s has the headers %v", path, h)
		}
	}
	page := newClient(t).want(200, "GET", "/", nil)
	newClient(t).want(304, "GET", "/", nil, "If-None-Match", page.Header.Get("ETag"))
}

func TestIdentityCannotBeClaimed(t *testing.T) {
	newClient(t).refused(401, "Authentication Token is missing!", "GET", "/api/id", nil,
		"X-User-Id", "1", "X_User_Role", "Admin", "Authorization", "Bearer x")
}

func TestKeySet(t *testing.T) {
	var set struct {
		Keys []struct{ Kty, Crv, Kid, D string }
	}
	newClient(t).want(200, "GET", "/.well-known/jwks.json", nil).json(t, &set)
	if len(set.Keys) == 0 || set.Keys[0].Crv != "Ed25519" || set.Keys[0].Kid == "" || set.Keys[0].D != "" {
		t.Errorf("the key set is %+v", set)
	}
}
