package api

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"gatehouse/internal/token"
	"gatehouse/user-service/internal/user"
)

// guardedCalls is every call that needs a session.
var guardedCalls = []request{
	{method: "GET", path: "/api/id"},
	{method: "GET", path: "/api/user"},
	{method: "PUT", path: "/api/user", body: `{"name":"Other"}`},
	{method: "DELETE", path: "/api/user", body: `{"uid":"grace"}`},
	{method: "POST", path: "/api/users", body: `[{"name":"Thomas","uid":"tom","password":"123Toby!"}]`},
	{method: "GET", path: "/api/activity"},
	{method: "GET", path: "/api/audit"},
	{method: "GET", path: "/api/user/export"},
}

func guard(t *testing.T) {
	w := fresh(t)
	const missing, invalid = `"Authentication Token is missing!"`, `"Invalid Authentication token!"`
	good := w.token(strconv.FormatInt(w.ids["toby"], 10), 0)
	for _, call := range guardedCalls {
		w.play(t, w.public, []scenario{
			{"no token", call, 401, []string{missing}, nil},
			{"no bearer", call.with("Authorization", "Basic YTpi"), 401, []string{missing}, nil},
			{"an empty one", call.with("Authorization", "Bearer "), 401, []string{missing}, nil},
			{"garbage", call.with("Authorization", "Bearer x.y.z"), 401, []string{invalid}, nil},
			{"too long", call.with("Authorization", "Bearer "+strings.Repeat("x", 8000)), 401, []string{invalid}, nil},
			{"another signature", call.with("Authorization", "Bearer "+good[:len(good)-4]+"AAAA"), 401, []string{invalid}, nil},
			{"gone", call.with("Authorization", "Bearer "+w.token("999999", 0)), 401, []string{invalid}, nil},
			{"no id", call.with("Authorization", "Bearer "+w.token("ada", 0)), 401, []string{invalid}, nil},
			{"disabled", call.by("off"), 401, []string{invalid}, nil},
			{"identity headers count nothing", call.with("X-User-Id", "1"), 401, []string{missing}, nil},
		})
	}
	w.play(t, w.public, []scenario{
		{"caller", guardedCalls[0].by("toby"), 200, []string{`"id":` + strconv.FormatInt(w.ids["toby"], 10) + `,"uid":"toby"`,
			`"name":"Thomas Edison"`, `"email":"toby@example.org"`, `"role":"User"`, `"pfp":""`, `"disabled":false`}, []string{"access"}},
		{"scheme in any case", guardedCalls[0].with("Authorization", "bearer "+good), 200, []string{`"uid":"toby"`}, nil},
	})
	if got := w.send(w.public, guardedCalls[0].by("toby")); got.header.Get("Cache-Control") != "no-store" {
		t.Error("the answer may be stored")
	}
	if got := w.send(w.public, guardedCalls[0].with("X-Request-Id", "FROMTHEGATEWAY")); got.header.Get("X-Request-Id") != "FROMTHEGATEWAY" {
		t.Error("the gateway's request id is lost")
	}
}

func (r request) by(uid string) request {
	r.as = uid
	return r
}

func (r request) with(header, value string) request {
	r.header = map[string]string{header: value}
	return r
}

func noKeys(t *testing.T) {
	w := fresh(t)
	w.api.Keys = token.NewRemoteKeys(&url.URL{Scheme: "http", Host: "127.0.0.1:1"}, nil, nil)
	for _, call := range guardedCalls {
		if got := w.send(w.public, call.by("ada")); got.status != 503 || got.header.Get("Retry-After") == "" {
			t.Errorf("%s %s: %+v", call.method, call.path, got)
		}
	}
}

// rowCounts: the token still says Admin, and an hour is a long time.
func rowCounts(t *testing.T) {
	w := fresh(t)
	forbidden := []string{`"Insufficient permissions. Required roles: [Admin]"`}
	remove := request{as: "ada", method: "DELETE", path: "/api/user", body: `{"uid":"nobody"}`}
	w.play(t, w.public, []scenario{
		{"Admin by token alone", remove.by("toby"), 403, forbidden, nil},
		{"Admin", remove, 404, nil, nil},
		{"promote", request{as: "ada", method: "PUT", path: "/api/user", body: `{"uid":"grace","role":"Admin"}`}, 200, nil, nil},
		{"promoted at once", remove.by("grace"), 404, nil, nil},
		{"demote", request{as: "grace", method: "PUT", path: "/api/user", body: `{"uid":"ada","role":"User"}`}, 200, nil, nil},
		{"demoted at once", remove, 403, forbidden, nil},
		{"disable", request{as: "grace", method: "PUT", path: "/api/user", body: `{"uid":"ada","disabled":true}`}, 200, nil, nil},
		{"disabled at once", remove, 401, []string{"Invalid Authentication token!"}, nil},
	})
	if u, err := w.db.ByUID(context.Background(), "ada"); err != nil || u.Role != "User" || !u.Disabled {
		t.Errorf("%+v, %v", user.User(u.User), err)
	}
}
