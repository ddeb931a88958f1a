package api

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
	"gatehouse/user-service/internal/user/usertest"
)

// Of "123Toby!", made by other programs: python3's hashlib in the form of werkzeug (generate_password_hash with
// "pbkdf2:sha256:1000" and with "scrypt"), crypt(3) of libxcrypt, and the reference argon2 with parameters of its own.
const (
	fromPBKDF2 = "pbkdf2:sha256:1000$kQ8vZ2mXw1RtYb3N$930c55b0379c543431e15fc44b8d5bdefe6d1f43b25dc81f503f322d2696be87"
	fromScrypt = "scrypt:32768:8:1$Hq7pLd3sVn9ZxC2b$6d302f5b4c9da34b9a9ddbec2edf9c3c91fc62cd2b2877e66d98e82b71d5577756df57416de1b2b1d25b1723372588e9bf5a6548e2766644ac4826bf17c54fca"
	fromBcrypt = "$2b$05$abcdefghijklmnopqrstuuJbrxblvO26fYK7M1WdHZmAcYCi6741u"
)

func TestImport(t *testing.T) {
	usertest.OneServer(t)
	t.Run("old passwords", oldPasswords)
	t.Run("hashes that are refused", badHashes)
	t.Run("CSV", importCSV)
	t.Run("passwords", fewPasswords)
	t.Run("dry run", dryRun)
	t.Run("invitations", invitations)
	t.Run("lines", importLines)
	t.Run("the store fails", importStops)
	t.Run("the caller is gone", callerGone)
	t.Run("large bodies", largeBodies)
}

// bulk is an import by an Admin.
func bulk(body string) request {
	return request{as: "ada", method: "POST", path: "/api/users", body: body}
}

func table(body string) request { return bulk(body).with("Content-Type", "text/csv; charset=utf-8") }

func dry(r request) request {
	r.path += "?dry_run=true"
	return r
}

func createAll(t *testing.T) {
	w := fresh(t)
	many := "[" + strings.Repeat("{},", user.MaxRows) + "{}]"
	w.play(t, w.public, []scenario{
		{"no Admin", bulk(`[{"name":"Thomas","uid":"tom","password":"123Toby!"}]`).by("toby"), 403, []string{forbiddenMessage}, nil},
		{"no body", bulk(""), 400, []string{"Please provide user details"}, nil},
		{"no rows", bulk("[]"), 400, []string{"Please provide user details"}, nil},
		{"no lines", table("name,uid\n"), 400, []string{"Please provide user details"}, nil},
		{"no array", bulk(`{"name":"Thomas"}`), 400, []string{"wrong type"}, nil},
		{"a text", bulk(`"x"`), 400, []string{"wrong type"}, nil},
		{"too many", bulk(many), 400, []string{"At most 100000 users"}, nil},
		{"perhaps dry", request{as: "ada", method: "POST", path: "/api/users?dry_run=perhaps", body: "[{}]"}, 400, []string{"dry_run"}, nil},
		{"some of each", bulk(`[{"name":"One","uid":"one","password":"123Toby!","role":"Teacher"}, 7, null, {"name":"x"},
			{"name":"Taken","uid":"TOBY","password":"123Toby!"}, {"name":"Two","uid":"ONE","password":"123Toby!"},
			{"name":"Bad","uid":"bad","password":"123Toby!","role":"a,b"}, {"name":"Three","uid":"three","password":"123Toby!"}]`), 200,
			[]string{`{"errors":[{"index":1,"uid":"","message":"User details are of the wrong type"},{"index":2,`,
				`{"index":3,"uid":"","message":"Name is missing`,
				`{"index":4,"uid":"TOBY","message":"Processed Taken, either a format error or User ID TOBY is duplicate"}`,
				`{"index":5,"uid":"ONE","message":"Processed Two,`, `{"index":6,"uid":"bad","message":"Role must`},
			[]string{`"index":0`, `"index":7`, "123Toby!", "created", "invitations"}},
		{"a role", get("toby", "?q=one"), 200, []string{`"uid":"one"`, `"role":"Teacher"`}, nil},
		{"no role", get("toby", "?q=three"), 200, []string{`"uid":"three"`, `"role":"User"`}, nil},
	})
}

// oldPasswords: an imported person signs in with the old password, and has one of today's hashes then.
func oldPasswords(t *testing.T) {
	w := fresh(t)
	hash, err := w.api.Users.Passwords.Hash(t.Context(), "123Toby!")
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]string{"flask": fromPBKDF2, "flask3": fromScrypt, "unix": fromBcrypt, "modern": hash}
	var rows []string
	for uid, hash := range people {
		rows = append(rows, fmt.Sprintf(`{"name":"Name of %s","uid":%q,"password_hash":%q,"role":"Teacher"}`, uid, uid, hash))
	}
	w.play(t, w.public, []scenario{
		{"import", bulk("[" + strings.Join(rows, ",") + "]"), 200, []string{`{"errors":[]}`}, []string{"pbkdf2", "scrypt", "$2b$"}},
	})
	for uid, hash := range people {
		if kept, err := w.db.ByUID(t.Context(), uid); err != nil || kept.Hash != hash || kept.Role != "Teacher" {
			t.Errorf("%s: kept %+v, %v", uid, kept, err)
		}
		w.signsIn(t, uid, "123Toby?", 401)
		w.signsIn(t, uid, "123Toby!", 200)
		if kept, _ := w.db.ByUID(t.Context(), uid); !strings.HasPrefix(kept.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("%s: the hash is %.12s", uid, kept.Hash)
		}
		w.signsIn(t, uid, "123Toby!", 200)
	}
}

func badHashes(t *testing.T) {
	w := fresh(t)
	bomb := strings.Replace(fromPBKDF2, "1000", "2000000001", 1)
	for hash, why := range map[string]string{
		bomb: "Password hash cannot be taken: rounds: parameters out of bounds",
		strings.Replace(fromScrypt, "32768:8:1", "1048576:8:1", 1): "Password hash cannot be taken: N: parameters out of bounds",
		strings.Replace(fromBcrypt, "$05$", "$20$", 1):             "Password hash cannot be taken: cost: parameters out of bounds",
		"$argon2id$v=19$m=1048576,t=3,p=4$c2FsdHNhbHQ$AAAAAAAA":    "Password hash cannot be taken: m: parameters out of bounds",
		"sha256$salt$5f4dcc3b":                                     "Password hash is none of",
		"123Toby!":                                                 "Password hash is none of",
		"":                                                         "Give a password or a password_hash, not both",
	} {
		row := fmt.Sprintf(`[{"name":"Flask","uid":"flask","password_hash":%q},{"name":"Good","uid":"g%d","password_hash":%q}]`,
			hash, len(why)+len(hash), fromPBKDF2)
		if hash == "" {
			row = `[{"name":"Flask","uid":"flask","password":"123Toby!","password_hash":"x"}]`
		}
		w.play(t, w.public, []scenario{{why, bulk(row), 200, []string{`{"errors":[{"index":0,"uid":"flask","message":"` + why},
			[]string{"2000000001", "5f4dcc3b", "123Toby!", `"index":1`}}})
	}
	if u, err := w.db.ByUID(t.Context(), "flask"); err == nil {
		t.Errorf("made %+v", u)
	}
}

func importCSV(t *testing.T) {
	w := fresh(t)
	w.play(t, w.public, []scenario{
		{"any order, with a mark", table("\ufeffemail,UID,joined, Name ,role,password_hash\r\n" +
			"tom@example.org,tom,2021,\"Tom, \"\"T\"\"\",Teacher," + fromPBKDF2 + "\r\n,al,2022,Al,,\r\nx,bob,,Bob,,\r\na,b\r\n"), 200,
			[]string{`"errors":[{"index":2,"uid":"bob","message":"Email is not`, `{"index":3,"uid":"b","message":"The row has 2 fields, the header 6"}]`,
				`"invitations":[{"uid":"al",`}, []string{`"index":0`, `"index":1`}},
		{"who", get("ada", "?q=tom@"), 200, []string{`[]`}, nil},
		{"what", get("ada", "?q=tom"), 200, []string{`"uid":"tom","name":"Tom, \"T\"","email":"tom@example.org"`, `"role":"Teacher"`}, nil},
		{"in another encoding", table("name,uid\nJos\xe9,jose\n"), 400, []string{"not valid UTF-8"}, nil},
		{"without its columns", table("nom,uid\nx,y\n"), 400, []string{"name and uid"}, nil},
		{"compressed", table("name,uid\n").with("Content-Encoding", "gzip"), 415, []string{"application/json or text/csv"}, nil},
	})
	w.signsIn(t, "tom", "123Toby!", 200)
}

// fewPasswords: each costs a hash, so there is an end.
func fewPasswords(t *testing.T) {
	w := fresh(t)
	w.api.Users.Passwords = instant{w.api.Users.Passwords}
	var rows []string
	for i := range user.MaxPasswords + 2 {
		rows = append(rows, fmt.Sprintf("n%d,u%03d,battery %d staple", i, i, i))
	}
	w.play(t, w.public, []scenario{{"too many", table("name,uid,password\n" + strings.Join(rows, "\n")), 200,
		[]string{`"errors":[{"index":100,"uid":"u100","message":"At most 100 rows`, "password_hash", `{"index":101,"uid":"u101",`},
		[]string{`"index":99`, "staple"}}})
	if a, err := w.db.ByUID(t.Context(), "u099"); err != nil || a.Hash != "hash of battery 99 staple" {
		t.Errorf("%+v, %v", a, err)
	}
}

// everybody is the uids in the store.
func (w *world) everybody() (uids []string) {
	w.t.Helper()
	users, err := w.db.List(context.Background(), user.Page{Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, u := range users {
		uids = append(uids, u.UID)
	}
	return uids
}

// dryRun finds what an import would find, and writes nothing.
func dryRun(t *testing.T) {
	w := fresh(t)
	before := fmt.Sprint(w.everybody())
	rows := `[{"name":"One","uid":"one","password":"123Toby!"},{"name":"One","uid":"ONE","password_hash":"` + fromPBKDF2 + `"},
		{"name":"T","uid":"t"},{"name":"Toby","uid":"Toby","password":"123Toby!"},{"name":"Bob","uid":"bob"},
		{"name":"Bob","uid":"x y"},{"name":"Weak","uid":"weak","password":"password1"},{"name":"Weak","uid":"weak"}]`
	const errors = `{"errors":[{"index":1,"uid":"ONE","message":"Processed One,`
	w.play(t, w.public, []scenario{{"dry", dry(bulk(rows)), 200, []string{errors, `{"index":2,"uid":"t",`, `{"index":3,"uid":"Toby",`,
		`{"index":5,"uid":"x y",`, `{"index":6,"uid":"weak","message":"Password is too common`, `"created":3`}, []string{"invitations", `"index":7`}}})
	dryAnswer := w.send(w.public, dry(bulk(rows)))
	if after := fmt.Sprint(w.everybody()); after != before {
		t.Errorf("there are %s, and were %s", after, before)
	}
	wet := w.send(w.public, bulk(rows))
	refused, _, _ := strings.Cut(dryAnswer.body, `],"`)
	if got, _, _ := strings.Cut(wet.body, `],"`); wet.status != 200 || got != refused {
		t.Errorf("dry %s\nwet %s", refused, got)
	}
	if again := w.send(w.public, dry(bulk(rows))); !strings.Contains(again.body, `"created":0`) {
		t.Errorf("again %s", again.body)
	}
}

func invitations(t *testing.T) {
	w := fresh(t)
	rows := `[{"name":"Tom","uid":"tom","email":"tom@example.org"},{"name":"Al","uid":"al"},{"name":"Ann","uid":"toby"}]`
	got := w.send(w.public, bulk(rows))
	w.play(t, w.public, []scenario{{"none twice", bulk(rows), 200, nil, []string{"invitations"}}})
	_, rest, _ := strings.Cut(got.body, `"invitations":[{"uid":"tom","link":"https://gatehouse.example/reset#token=`)
	token, rest, _ := strings.Cut(rest, `"},{"uid":"al","link":"https://gatehouse.example/reset#token=`)
	if got.status != 200 || len(token) != 66 || len(rest) != 66+len(`"}]}`) {
		t.Fatalf("%+v", got)
	}
	w.signsIn(t, "tom", "", 401)
	if u, err := w.reset(userapi.Reset{Token: token, Password: newPassword}); err != nil || u.UID != "tom" || u.Confirmed {
		t.Errorf("%+v, %v", u, err)
	}
	w.signsIn(t, "tom", newPassword, 200)

	w.api.Users.Mail = true
	w.play(t, w.public, []scenario{{"mailed where there is an address", bulk(`[{"name":"Jo","uid":"jo","email":"jo@example.org"},
		{"name":"Eve","uid":"eve"}]`), 200, []string{`"invitations":[{"uid":"eve",`}, []string{`"uid":"jo"`, "created"}}})
	w.relay(t)
	if told := w.heard(); told != "credential #"+w.idOf("tom")+" 2  password-reset>tom@example.org; notice #"+w.idOf("jo")+" 0  invitation>jo@example.org" {
		t.Errorf("auth-service was told %q", told)
	}
	_, err := w.client().Issue(t.Context(), userapi.Order{ID: w.idOf("jo"), Kind: "invitation", Email: "jo@example.org"})
	if err != nil {
		t.Errorf("what auth-service does to mail it: %v", err)
	}
	_, err = w.reset(userapi.Reset{UID: "jo", Code: "00000000", Password: newPassword})
	refusedAs(t, "no code", err, fault.Invalid, "not valid any more")
}

func (w *world) idOf(uid string) string {
	w.t.Helper()
	a, err := w.db.ByUID(context.Background(), uid)
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprint(a.ID)
}
