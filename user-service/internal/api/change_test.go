package api

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func put(as, body string) request {
	return request{as: as, method: "PUT", path: "/api/user", body: body}
}

const forbiddenMessage = `"Insufficient permissions. Required roles: [Admin]"`

func change(t *testing.T) {
	w := fresh(t)
	w.play(t, w.public, []scenario{
		{"no body", put("toby", ""), 400, []string{"Please provide user details"}, nil},
		{"no members", put("toby", "{}"), 400, []string{"Please provide user details"}, nil},
		{"own name", put("toby", `{"name":"Tom E."}`), 200, []string{`"name":"Tom E."`, `"email":"toby@example.org"`}, nil},
		{"own row by name", put("toby", `{"uid":"TOBY","email":"t@example.org"}`), 200, []string{`"uid":"toby"`, `"t@example.org"`}, nil},
		{"no email", put("toby", `{"email":""}`), 200, []string{`"email":""`}, nil},
		{"null stays", put("toby", `{"name":null,"email":null,"pfp":"/p.png"}`), 200, []string{`"name":"Tom E."`, `"pfp":"/p.png"`}, nil},
		{"bad name", put("toby", `{"name":"x"}`), 400, []string{`"Name is missing, or is less than 2`}, nil},
		{"bad email", put("toby", `{"name":"Tom","email":"x"}`), 400, []string{`"Email is not`}, nil},
		{"nothing of a bad change is kept", request{as: "toby", method: "GET", path: "/api/id"}, 200, []string{`"name":"Tom E."`}, nil},
		{"bad picture", put("toby", `{"pfp":"https://evil.example/x.png"}`), 400, []string{`"Picture must`}, nil},
		{"another's", put("toby", `{"uid":"grace","name":"Hacked"}`), 403, []string{forbiddenMessage}, nil},
		{"somebody unknown", put("toby", `{"uid":"nobody","name":"Hacked"}`), 403, []string{forbiddenMessage}, nil},
		{"own role", put("toby", `{"role":"Admin"}`), 403, []string{forbiddenMessage}, nil},
		{"own role as it is", put("toby", `{"role":"User"}`), 403, []string{forbiddenMessage}, nil},
		{"own disabled", put("toby", `{"disabled":false}`), 403, []string{forbiddenMessage}, nil},
		{"Admin, unknown", put("ada", `{"uid":"nobody","name":"Other"}`), 404, []string{`"User nobody not found"`}, nil},
		{"Admin, NUL", put("ada", `{"uid":"no\u0000body","name":"Other"}`), 404, []string{"not found"}, nil},
		{"Admin, endless", put("ada", `{"uid":"`+strings.Repeat("x", 5000)+`","name":"Other"}`), 404, []string{"xxx… not found"}, nil},
		{"Admin, another's", put("ada", `{"uid":"Grace","role":"Teacher","disabled":true}`), 200,
			[]string{`"uid":"grace"`, `"role":"Teacher"`, `"disabled":true`}, nil},
		{"Admin, bad role", put("ada", `{"uid":"grace","role":"a,b"}`), 400, []string{`"Role must`}, nil},
		{"Admin, wrong type", put("ada", `{"uid":"grace","disabled":"yes"}`), 400, []string{"disabled"}, nil},
	})
}

func changePassword(t *testing.T) {
	w := fresh(t)
	const late = time.Hour
	password := func(as string, ago time.Duration, body string) request {
		r := put(as, body)
		r.ago = ago
		return r
	}
	newer := func(current string) string {
		return `{"password":"` + newPassword + `","current_password":"` + current + `"}`
	}
	w.play(t, w.public, []scenario{
		{"late, without the current one", password("toby", late, `{"password":"`+newPassword+`"}`), 403, []string{`"Current password is missing"`, again}, nil},
		{"late, empty", password("toby", late, newer("")), 403, []string{`"Current password is missing"`}, nil},
		{"late, wrong", password("toby", late, newer("wrong horse")), 403, []string{`"Current password is wrong"`}, nil},
		{"early, wrong", password("toby", 0, newer("wrong horse")), 403, []string{`"Current password is wrong"`}, nil},
		{"weak", password("toby", 0, `{"password":"password"}`), 400, []string{`"Password is too common`}, nil},
		{"the new name", password("toby", 0, `{"password":"My New Name","name":"My new name"}`), 400, []string{`"Password must not`}, nil},
		{"too long", password("toby", 0, `{"password":"`+strings.Repeat("pw9", 1365)+`"}`), 400, []string{`"Password is longer`}, nil},
	})
	w.signsIn(t, "toby", oldPassword, 200)
	w.play(t, w.public, []scenario{
		{"late, right", password("toby", late, newer(oldPassword)), 200, []string{`"uid":"toby"`}, nil},
		{"early", password("grace", user15, `{"password":"`+newPassword+`"}`), 200, []string{`"uid":"grace"`}, nil},
		{"an Admin's own, late", password("ada", late, `{"password":"`+newPassword+`"}`), 403, []string{"Current password is missing"}, nil},
	})
	w.signsIn(t, "toby", oldPassword, 401)
	w.signsIn(t, "toby", newPassword, 200)
	w.signsIn(t, "grace", newPassword, 200)
	w.play(t, w.public, []scenario{
		{"an Admin sets another's, late", password("ada", late, `{"uid":"toby","password":"`+oldPassword+`"}`), 403, []string{again}, nil},
		{"an Admin sets another's", password("ada", 0, `{"uid":"toby","password":"`+oldPassword+`"}`), 200, nil, nil},
	})
	w.signsIn(t, "toby", oldPassword, 200)
}

// user15 is just inside of what stands for the current password.
const user15 = 14 * time.Minute

func (w *world) signsIn(t *testing.T, uid, password string, status int) {
	t.Helper()
	got := w.send(w.internal, verification(uid, password))
	if got.status != status {
		t.Errorf("%s signs in: %d, want %d: %s", uid, got.status, status, got.body)
	}
}

func admins(t *testing.T) {
	w := fresh(t)
	last := []string{`"User ID ada is the last enabled Admin: make another Admin first"`}
	w.play(t, w.public, []scenario{
		{"demote the last", put("ada", `{"role":"User"}`), 409, last, nil},
		{"disable the last", put("ada", `{"disabled":true}`), 409, last, nil},
		{"delete the last", request{as: "ada", method: "DELETE", path: "/api/user", body: `{"uid":"ada"}`}, 409, last, nil},
		{"a second", put("ada", `{"uid":"grace","role":"Admin"}`), 200, nil, nil},
	})
	var all sync.WaitGroup
	for by, target := range map[string]string{"ada": "grace", "grace": "ada"} {
		all.Go(func() {
			got := w.send(w.public, put(by, `{"uid":"`+target+`","role":"User"}`))
			if got.status != 200 && got.status != 409 && got.status != 403 {
				t.Errorf("%s: %+v", by, got)
			}
		})
	}
	all.Wait()
	got := w.send(w.public, get("toby", ""))
	if n := strings.Count(got.body, `"role":"Admin"`); n != 1 {
		t.Errorf("%d Admins are left", n)
	}
}
