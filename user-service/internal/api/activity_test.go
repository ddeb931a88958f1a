package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
)

func read(as, path string) request { return request{as: as, method: "GET", path: path} }

// entriesOf reads a page.
func entriesOf(t *testing.T, got answer) (entries []entryJSON) {
	t.Helper()
	if err := json.Unmarshal([]byte(got.body), &entries); err != nil || got.status != 200 {
		t.Fatalf("%v: %+v", err, got)
	}
	return entries
}

// activity: everybody sees what happened to them, and not from where an Admin did it.
func activity(t *testing.T) {
	w := fresh(t)
	w.freeze()
	from := map[string]string{"X-Real-IP": "203.0.113.9", "User-Agent": "Admin/1"}
	promote := put("ada", `{"uid":"toby","role":"Teacher"}`)
	promote.header = from
	rename := put("toby", `{"name":"Tom"}`)
	rename.header = map[string]string{"X-Real-IP": "198.51.100.4", "User-Agent": "Mine/1", "X-Request-Id": "R7"}
	for _, r := range []request{rename, promote, put("grace", `{"name":"G. H."}`)} {
		if got := w.send(w.public, r); got.status != 200 {
			t.Fatalf("%+v", got)
		}
	}
	w.signsIn(t, "toby", "wrong horse", 401)
	w.signsIn(t, "toby", "wrong horse", 401)
	w.signsIn(t, "nobody", oldPassword, 401)
	w.play(t, w.public, []scenario{
		{"toby's", read("toby", "/api/activity"), 200, []string{
			`"count":2,"action":"login","outcome":"refused","actor":"","subject":"toby","address":"192.0.2.7","agent":"Browser/1","detail":{}`,
			`"action":"role","outcome":"success","actor":"ada","subject":"toby","address":"","agent":"","detail":{"from":"User","to":"Teacher"}`,
			`"action":"update","outcome":"success","actor":"toby","subject":"toby","address":"198.51.100.4","agent":"Mine/1","detail":{"fields":["name"]},"request_id":"R7"`,
			`"action":"create"`,
		}, []string{"grace", "203.0.113.9", "Admin/1", "nobody"}},
		{"ada's", read("ada", "/api/activity"), 200, []string{`"actor":"ada","subject":"toby","address":"203.0.113.9"`}, []string{"grace"}},
		{"limit", read("toby", "/api/activity?limit=0"), 400, []string{"Limit must be a number from 1 to 200"}, nil},
		{"cursor", read("toby", "/api/activity?cursor=x"), 400, []string{"Cursor is not valid"}, nil},
		{"another's by a filter", read("grace", "/api/activity?uid=toby"), 200, nil, []string{"toby"}},
	})
}

func audit(t *testing.T) {
	w := fresh(t)
	if got := w.send(w.public, put("ada", `{"uid":"toby","role":"Teacher"}`)); got.status != 200 {
		t.Fatalf("%+v", got)
	}
	w.signsIn(t, "toby", oldPassword, 200)
	w.signsIn(t, "a-password-by-mistake", oldPassword, 401)
	audit := func(query string) request { return read("ada", "/api/audit"+query) }
	w.play(t, w.public, []scenario{
		{"no Admin", read("toby", "/api/audit"), 403, []string{forbiddenMessage}, nil},
		{"all", audit(""), 200, []string{`"action":"role"`, `"action":"login","outcome":"success"`,
			`"action":"login","outcome":"refused","actor":"","subject":"","address":"192.0.2.7"`, `"action":"create"`},
			[]string{"a-password-by-mistake"}},
		{"a uid", audit("?uid=TOBY"), 200, []string{`"action":"role"`, `"outcome":"success","actor":"toby"`}, []string{`"grace"`, "refused"}},
		{"nobody", audit("?uid=nobody"), 200, []string{"[]"}, nil},
		{"an action", audit("?action=role"), 200, []string{`"actor":"ada","subject":"toby"`}, []string{`"login"`, `"create"`}},
		{"an outcome", audit("?outcome=refused"), 200, []string{`"login"`}, []string{`"success"`}},
		{"before", audit("?to=2020-01-01T00:00:00Z"), 200, []string{"[]"}, nil},
		{"since", audit("?from=2020-01-01T00:00:00%2B02:00"), 200, []string{`"role"`}, nil},
		{"since later", audit("?from=9999-01-01T00:00:00Z"), 200, []string{"[]"}, nil},
		{"since ever", audit("?from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z"), 200, []string{`"role"`}, nil},
		{"bad action", audit("?action=x"), 400, []string{`"Action must be one of login, logout,`}, nil},
		{"bad outcome", audit("?outcome=x"), 400, []string{`"Outcome must be success or refused"`}, nil},
		{"bad from", audit("?from=yesterday"), 400, []string{`"From must be a time such as 2026-01-31T09:30:00Z"`}, nil},
		{"bad to", audit("?to=2026-01-31"), 400, []string{`"To must be a time`}, nil},
		{"bad uid", audit("?uid=%00"), 400, []string{`"User ID is not valid"`}, nil},
		{"endless uid", audit("?uid=" + strings.Repeat("x", 300)), 400, []string{`"User ID is not valid"`}, nil},
		{"bad limit", audit("?limit=x"), 400, []string{`"Limit must be`}, nil},
		{"bad cursor", audit("?cursor=YmVmb3JlOi0xOjE"), 400, []string{`"Cursor is not valid"`}, nil}, // before:-1:1
		{"another's cursor", audit("?cursor=YWZ0ZXI6dG9ieQ"), 400, []string{`"Cursor is not valid"`}, nil},
	})
}

// auditPages follows the links: every entry comes once, and the filters are kept.
func auditPages(t *testing.T) {
	w := fresh(t)
	for range 5 {
		w.signsIn(t, "toby", oldPassword, 200)
	}
	w.signsIn(t, "grace", oldPassword, 200)
	seen, pages := 0, 0
	for path := "/api/audit?limit=2&uid=toby&action=login&from=" + url.QueryEscape("2020-01-01T00:00:00+02:00"); path != ""; pages++ {
		got := w.send(w.public, read("ada", path))
		for _, e := range entriesOf(t, got) {
			if e.Subject != "toby" || e.Action != "login" {
				t.Errorf("page %d has %+v", pages, e)
			}
			seen++
		}
		path = ""
		if link := got.header.Get("Link"); link != "" {
			path = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
		}
	}
	if seen != 5 || pages != 3 {
		t.Errorf("%d entries on %d pages", seen, pages)
	}
}

// export has all pages of the activity, the export itself included.
func export(t *testing.T) {
	w := fresh(t)
	toby := strconv.FormatInt(w.ids["toby"], 10)
	many := slices.Repeat([]userapi.Event{{Action: "logout", Outcome: userapi.Success, Actor: toby, Subject: toby}}, 2*user.MaxLimit)
	if got := w.send(w.internal, peerCall(userapi.EventsPath, many)); got.status != 204 {
		t.Fatalf("%+v", got)
	}
	w.play(t, w.public, []scenario{
		{"one's own", read("toby", "/api/user/export"), 200, []string{`"account":{"id":`, `"uid":"toby"`, `"email":"toby@example.org"`,
			`"activity":[`, `"action":"export","outcome":"success","actor":"toby"`, `"action":"create"`}, []string{"grace", "hash"}},
	})
	for uid, want := range map[string]string{
		"toby": `attachment; filename="gatehouse-toby.json"`, "josé": `attachment; filename*=utf-8''gatehouse-jos%C3%A9.json`,
	} {
		if got := attachment("gatehouse-" + uid + ".json"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	got := w.send(w.public, read("toby", "/api/user/export"))
	var file struct{ Activity []entryJSON }
	if err := json.Unmarshal([]byte(got.body), &file); err != nil || len(file.Activity) != len(many)+3 { // and created, exported twice
		t.Errorf("%d entries, %v", len(file.Activity), err)
	}
	if got.header.Get("Content-Disposition") != `attachment; filename="gatehouse-toby.json"` || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", http.Header(got.header))
	}
}
