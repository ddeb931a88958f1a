package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gatehouse/user-service/internal/user"
)

func get(as, query string) request { return request{as: as, method: "GET", path: "/api/user" + query} }

func list(t *testing.T) {
	w := fresh(t)
	w.play(t, w.public, []scenario{
		{"as a user", get("toby", ""), 200,
			[]string{`"uid":"toby","name":"Thomas Edison","email":"toby@example.org"`, `"access":["rw"]`, `"access":["ro"]`, `"uid":"off"`},
			[]string{"ada@example.org", "grace@example.org", `"disabled":true`, `"password`}},
		{"as an Admin", get("ada", ""), 200, []string{"toby@example.org", "grace@example.org", `"disabled":true`, `"access":["rw"]`},
			[]string{`"access":["ro"]`}},
		{"search a name", get("toby", "?q=HOPP"), 200, []string{`"uid":"grace"`}, []string{`"uid":"toby"`, "@"}},
		{"search a uid", get("toby", "?q=rac"), 200, []string{`"uid":"grace"`}, []string{`"uid":"toby"`}},
		{"search for anything", get("toby", "?q=%25"), 200, []string{"[]"}, []string{"uid"}},
		{"search for a letter", get("toby", "?q=_"), 200, []string{"[]"}, []string{"uid"}},
		{"search for an address", get("toby", "?q=example.org"), 200, []string{"[]"}, []string{"uid"}},
		{"search for SQL", get("toby", "?q="+url.QueryEscape("' OR '1'='1")), 200, []string{"[]"}, []string{"uid"}},
		{"limit 0", get("toby", "?limit=0"), 400, []string{"Limit must be a number from 1 to 200"}, nil},
		{"limit 201", get("toby", "?limit=201"), 400, []string{"Limit must be"}, nil},
		{"limit -1", get("toby", "?limit=-1"), 400, []string{"Limit must be"}, nil},
		{"limit x", get("toby", "?limit=x"), 400, []string{"Limit must be"}, nil},
		{"limit beyond all", get("toby", "?limit=99999999999999999999"), 400, []string{"Limit must be"}, nil},
		{"limit 200", get("toby", "?limit=200"), 200, []string{`"uid":"toby"`}, nil},
		{"bad cursor", get("toby", "?cursor=x"), 400, []string{"Cursor is not valid"}, nil},
		{"NUL in the search", get("toby", "?q=%00"), 400, []string{"Search must"}, nil},
		{"broken search", get("toby", "?q=%ff"), 400, []string{"Search must"}, nil},
		{"endless search", get("toby", "?q="+strings.Repeat("x", 101)), 400, []string{"Search must"}, nil},
	})
}

var linkForm = regexp.MustCompile(`^<(/api/user\?[^>]*)>; rel="next"$`)

// pages follows the links: everyone whose name fits comes once, in order, with both parameters kept.
func pages(t *testing.T) {
	w := fresh(t)
	for i := range 25 {
		u := user.User{UID: fmt.Sprintf("U%02d", i), Name: "A & B é", Role: "User"}
		if _, err := w.db.Create(context.Background(), user.Actor{}, user.Account{User: u}); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	requests := 0
	for path := "/api/user?limit=10&q=" + url.QueryEscape("& b É"); path != ""; requests++ {
		got := w.send(w.public, request{as: "toby", method: "GET", path: path})
		var users []struct{ UID string }
		if err := json.Unmarshal([]byte(got.body), &users); err != nil {
			t.Fatal(err, got.body)
		}
		for _, u := range users {
			seen = append(seen, u.UID)
		}
		path = ""
		if link := got.header.Get("Link"); link != "" {
			path = linkForm.FindStringSubmatch(link)[1]
		}
	}
	if len(seen) != 25 || requests != 3 || seen[0] != "U00" || seen[24] != "U24" {
		t.Errorf("%d requests: %v", requests, seen)
	}
}
