package api

import (
	"strings"
	"testing"
	"time"
)

// again is the reason by which a page knows that it must ask for the password.
const again = `"error":"reauthentication required"`

const pleaseAgain = `"Please enter your password again to go on."`

func remove(t *testing.T) {
	w := fresh(t)
	del := func(as, body string) request {
		return request{as: as, method: "DELETE", path: "/api/user", body: body}
	}
	late := func(r request) request { r.ago = time.Hour; return r }
	w.play(t, w.public, []scenario{
		{"no Admin", del("toby", `{"uid":"grace"}`), 403, []string{forbiddenMessage}, nil},
		{"nobody", del("toby", `{"uid":"nobody"}`), 403, []string{forbiddenMessage}, nil},
		{"no body", del("ada", ""), 400, []string{"Please provide user details"}, nil},
		{"no uid", del("ada", `{"name":"x"}`), 400, []string{`"User ID is missing"`}, nil},
		{"no uid of one's own", del("toby", `{"name":"x"}`), 400, []string{`"User ID is missing"`}, nil},
		{"a number", del("ada", `{"uid":7}`), 400, []string{"uid"}, nil},
		{"unknown", del("ada", `{"uid":"nobody"}`), 404, []string{`"User nobody not found"`}, nil},
		{"late", late(del("ada", `{"uid":"grace"}`)), 403, []string{again, pleaseAgain}, nil},
		{"known", del("ada", `{"uid":"GRACE"}`), 204, nil, nil},
		{"twice", del("ada", `{"uid":"grace"}`), 404, []string{`"User grace not found"`}, nil},
		{"the deleted", request{as: "grace", method: "GET", path: "/api/id"}, 401, []string{"Invalid Authentication token!"}, nil},
		{"oneself, late", late(del("toby", `{"uid":"toby"}`)), 403, []string{again}, nil},
		{"oneself", del("toby", `{"uid":"TOBY"}`), 204, nil, nil},
		{"gone", request{as: "toby", method: "GET", path: "/api/id"}, 401, nil, nil},
		{"the last Admin", del("ada", `{"uid":"ada"}`), 409, []string{"last enabled Admin"}, nil},
	})
	if heard := w.heard(); heard != "closed grace 2  account-deleted>grace@example.org; closed toby 2  account-deleted>toby@example.org" {
		t.Errorf("auth-service heard %s", heard)
	}
}

// stepUp: what an account can be taken with wants a proof of the last 15 minutes, whoever it is for, and nothing else does.
func stepUp(t *testing.T) {
	w := fresh(t)
	late := func(as, body string) request { r := put(as, body); r.ago = 15*time.Minute + time.Second; return r }
	lateImport := func(query string) request {
		return request{as: "ada", ago: 16 * time.Minute, method: "POST", path: "/api/users" + query, body: `[{"name":"New Admin","uid":"sly","role":"Admin"}]`}
	}
	for _, c := range []struct{ as, member, others string }{
		{"toby", `"email":"new@example.org"`, `"name":"Tom"`},
		{"ada", `"uid":"grace","email":"new@example.org"`, `"uid":"grace","name":"G."`},
		{"ada", `"uid":"grace","role":"Teacher"`, `"uid":"grace","role":"User"`},
		{"ada", `"uid":"grace","disabled":true`, `"uid":"grace","disabled":false`},
		{"ada", `"uid":"grace","password":"` + newPassword + `"`, `"uid":"grace","pfp":"/g.png"`},
	} {
		w.play(t, w.public, []scenario{
			{"late " + c.member, late(c.as, "{"+c.member+"}"), 403, []string{again, pleaseAgain}, nil},
			{"wrong " + c.member, put(c.as, "{"+c.member+`,"current_password":"wrong horse"}`), 403, []string{`"Current password is wrong"`}, []string{again}},
			{"late " + c.others, late(c.as, "{"+c.others+"}"), 200, nil, nil},
		})
		if heard := w.heard(); heard != "" {
			t.Errorf("auth-service heard %s", heard)
		}
	}
	w.play(t, w.public, []scenario{
		{"with one's password", late("ada", `{"uid":"grace","role":"Teacher","current_password":"`+oldPassword+`"}`), 200, []string{`"role":"Teacher"`}, nil},
		{"with one's own", late("toby", `{"email":"new@example.org","current_password":"`+oldPassword+`"}`), 200, []string{`"new@example.org"`}, nil},
		{"fresh", put("ada", `{"uid":"grace","disabled":true}`), 200, []string{`"disabled":true`}, nil},
		{"late import", lateImport(""), 403, []string{again, pleaseAgain}, nil},
		{"late dry run", lateImport("?dry_run=true"), 200, nil, nil},
		{"the row is spared by an error", late("ada", `{"uid":"toby","name":"x","role":"Teacher"}`), 400, []string{"Name is"}, nil},
	})
}

func emailWithMail(t *testing.T) {
	w := fresh(t)
	w.api.Users.Mail = true
	late := func(body string) request { r := put("toby", body); r.ago = time.Hour; return r }
	const wait = `"email":"toby@example.org","email_verified":false,"email_pending":"new@example.org"`
	w.play(t, w.public, []scenario{
		{"as it is", put("toby", `{"email":"toby@example.org"}`), 200, []string{`"email_pending":""`}, nil},
		{"another, late", late(`{"email":"new@example.org"}`), 403, []string{again}, nil},
		{"another", put("toby", `{"email":"new@example.org"}`), 200, []string{wait}, nil},
		{"the same again", put("toby", `{"email":"new@example.org"}`), 200, []string{wait}, nil},
		{"others do not see it", get("grace", "?q=toby"), 200, []string{`"toby"`}, []string{"email"}},
		{"an Admin does", get("ada", "?q=toby"), 200, []string{wait}, nil},
		{"the old one again, late", late(`{"email":"toby@example.org"}`), 200, []string{`"email_pending":""`}, nil},
		{"by an Admin", put("ada", `{"uid":"grace","email":"new@example.org"}`), 200,
			[]string{`"email":"new@example.org","email_verified":false,"email_pending":""`}, nil},
		{"none", put("toby", `{"email":""}`), 200, []string{`"email":"","email_verified":false,"email_pending":""`}, nil},
		{"the first", put("toby", `{"email":"third@example.org"}`), 200, []string{`"email":"","email_verified":false,"email_pending":"third@example.org"`}, nil},
		{"none after all", put("toby", `{"email":""}`), 200, []string{`"email_pending":""`}, nil},
		{"sign-up", post(`{"name":"Thomas","uid":"tom","password":"123Toby!","email":"tom@example.org"}`), 200,
			[]string{`"email":"tom@example.org","email_verified":false`}, nil},
	})
	if heard := w.heard(); heard != "" {
		t.Errorf("notices did not wait for the relay: %s", heard)
	}
	w.relay(t)
	want := []string{
		"notice toby 0  email-changed>toby@example.org verification>new@example.org",
		"notice grace 0  email-changed>grace@example.org email-changed>new@example.org",
		"notice toby 0  email-changed>toby@example.org",
		"notice toby 0  verification>third@example.org",
		"verification>tom@example.org",
	}
	heard := w.heard()
	for _, text := range want {
		if !strings.Contains(heard, text) {
			t.Errorf("no %s in %s", text, heard)
		}
	}
	if n := strings.Count(heard, "notice "); n != len(want) {
		t.Errorf("%d notices: %s", n, heard)
	}
}

func emailWithoutMail(t *testing.T) {
	w := fresh(t)
	w.play(t, w.public, []scenario{
		{"at once", put("toby", `{"email":"new@example.org"}`), 200,
			[]string{`"email":"new@example.org","email_verified":false,"email_pending":""`}, nil},
	})
}
