package api

import (
	"strings"
	"testing"

	"gatehouse/user-service/internal/user"
)

func createAll(t *testing.T) {
	w := fresh(t)
	rows := func(as, body string) request {
		return request{as: as, method: "POST", path: "/api/users", body: body}
	}
	many := "[" + strings.Repeat("{},", user.MaxRows) + "{}]"
	w.play(t, w.public, []scenario{
		{"no Admin", rows("toby", `[{"name":"Thomas","uid":"tom","password":"123Toby!"}]`), 403, []string{forbiddenMessage}, nil},
		{"no body", rows("ada", ""), 400, []string{"Please provide user details"}, nil},
		{"no rows", rows("ada", "[]"), 400, []string{"Please provide user details"}, nil},
		{"no array", rows("ada", `{"name":"Thomas"}`), 400, []string{"wrong type"}, nil},
		{"a text", rows("ada", `"x"`), 400, []string{"wrong type"}, nil},
		{"too many", rows("ada", many), 400, []string{"At most 100 users"}, nil},
		{"some of each", rows("ada", `[{"name":"One","uid":"one","password":"123Toby!","role":"Teacher"}, 7, null, {"name":"x"},
			{"name":"Taken","uid":"TOBY","password":"123Toby!"}, {"name":"Two","uid":"ONE","password":"123Toby!"},
			{"name":"Bad","uid":"bad","password":"123Toby!","role":"a,b"}, {"name":"Three","uid":"three","password":"123Toby!"}]`), 200,
			[]string{`"errors":[{"index":1,"uid":"","message":"User details are of the wrong type"}`, `{"index":2,`,
				`{"index":3,"uid":"","message":"Name is missing`,
				`{"index":4,"uid":"TOBY","message":"Processed Taken, either a format error or User ID TOBY is duplicate"}`,
				`{"index":5,"uid":"ONE","message":"Processed Two,`, `{"index":6,"uid":"bad","message":"Role must`},
			[]string{`"index":0`, `"index":7`, "123Toby!"}},
		{"a role", get("toby", "?q=one"), 200, []string{`"uid":"one"`, `"role":"Teacher"`}, nil},
		{"no role", get("toby", "?q=three"), 200, []string{`"uid":"three"`, `"role":"User"`}, nil},
	})
}
