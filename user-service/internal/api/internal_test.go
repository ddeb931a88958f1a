package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/password"
	"gatehouse/user-service/internal/user"
	"gatehouse/user-service/internal/user/usertest"
)

// A werkzeug hash of "123Toby!", made by python3: hashlib.pbkdf2_hmac("sha256", b"123Toby!", b"XzQ9v0pLmK", 260000).
const werkzeug = "pbkdf2:sha256:260000$XzQ9v0pLmK$92c5cff02d860d60511549399d251ba3e593c6aceef1e257ad6f4799d13bf811"

// peerCall is a call of auth-service.
func peerCall(path string, body any) request {
	text, _ := json.Marshal(body)
	return request{method: "POST", path: path, body: string(text), header: map[string]string{"Authorization": "Bearer " + secret}}
}

var browser = userapi.Origin{Address: "192.0.2.7", Agent: "Browser/1"}

func verification(uid, password string) request {
	return peerCall(userapi.VerifyPath, userapi.Credential{UID: uid, Password: password, Origin: browser})
}

func internal(t *testing.T) {
	w := fresh(t)
	id := strconv.FormatInt(w.ids["toby"], 10)
	show := func(id string) request {
		return request{method: "GET", path: userapi.UsersPath + id, header: map[string]string{"Authorization": "Bearer " + secret}}
	}
	w.play(t, w.internal, []scenario{
		{"right", verification("TOBY", oldPassword), 200, []string{`{"id":"` + id + `","uid":"toby","name":"Thomas Edison","role":"User"`}, nil},
		{"who", show(id), 200, []string{`{"id":"` + id + `","uid":"toby","name":"Thomas Edison","role":"User"`}, nil},
		{"gone", show("999999"), 404, []string{`"User 999999 not found"`}, nil},
		{"disabled", show(strconv.FormatInt(w.ids["off"], 10)), 404, []string{"not found"}, nil},
		{"no number", show("toby"), 404, []string{"not found"}, nil},
		{"no secret", show(id).with("Authorization", ""), 403, []string{"service secret"}, nil},
		{"another secret", verification("toby", oldPassword).with("Authorization", "Bearer x"), 403, []string{"service secret"}, nil},
		{"a part of it", show(id).with("Authorization", "Bearer "+secret[:10]), 403, []string{"service secret"}, nil},
		{"an access token", show(id).by("ada").with("X", "y"), 403, []string{"service secret"}, nil},
		{"malformed", request{method: "POST", path: userapi.VerifyPath, body: "{", header: verification("", "").header}, 400, nil, nil},
	})
	client := userapi.NewClient(w.internal, secret, http.DefaultClient)
	if u, err := client.User(context.Background(), id); err != nil || u.ID != id || u.UID != "toby" || u.Role != "User" {
		t.Errorf("client: %+v, %v", u, err)
	}
	stranger := userapi.NewClient(w.internal, "another secret", http.DefaultClient)
	if _, err := stranger.Verify(context.Background(), userapi.Credential{UID: "toby", Password: oldPassword}); !fault.Is(err, fault.BadUpstream) {
		t.Errorf("client with another secret: %v; want BadUpstream", err)
	}
}

// equalRefusals: unknown, wrong, disabled and impossible differ in nothing but the request id.
func equalRefusals(t *testing.T) {
	w := fresh(t)
	var first answer
	for i, r := range []request{
		verification("toby", "wrong horse"), verification("nobody", oldPassword), verification("off", oldPassword),
		verification("off", "wrong horse"), verification("toby", ""), verification("", oldPassword), verification("", ""),
		verification("to\x00by", oldPassword), verification(strings.Repeat("x", 9999), oldPassword),
		verification("toby", strings.Repeat("x", 257)), verification("nobody", strings.Repeat("x", 99999)),
	} {
		got := w.send(w.internal, r)
		if got.status != 401 || !strings.Contains(got.body, `"Invalid user id or password"`) {
			t.Errorf("%d: %+v", i, got)
		}
		id := got.header.Get("X-Request-Id")
		got.header.Del("X-Request-Id")
		got.header.Del("Date")
		got.body = strings.ReplaceAll(got.body, id, "")
		if i == 0 {
			first = got
		}
		if got.body != first.body || len(got.header) != len(first.header) {
			t.Errorf("%d: %+v, not %+v", i, got, first)
		}
	}
}

// rehash: an account of the Flask system signs in, and has one of today's hashes then.
func rehash(t *testing.T) {
	w := fresh(t)
	ctx := context.Background()
	a := usertest.Account("flask", "User")
	a.Hash = werkzeug
	if _, err := w.db.Create(ctx, user.Actor{}, a); err != nil {
		t.Fatal(err)
	}
	w.signsIn(t, "flask", "123toby!", 401)
	if kept, _ := w.db.ByUID(ctx, "flask"); kept.Hash != werkzeug {
		t.Errorf("a wrong password made the hash %.12s", kept.Hash)
	}
	for range 2 {
		w.signsIn(t, "flask", "123Toby!", 200)
		if kept, _ := w.db.ByUID(ctx, "flask"); !strings.HasPrefix(kept.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("the hash is %.12s", kept.Hash)
		}
	}
	bomb := usertest.Account("bomb", "User")
	bomb.Hash = strings.Replace(werkzeug, "260000", "2000000000", 1)
	if _, err := w.db.Create(ctx, user.Actor{}, bomb); err != nil {
		t.Fatal(err)
	}
	w.signsIn(t, "bomb", "123Toby!", 401)
}

// queueFull: who finds no place is told when to come again, and nothing is written.
func queueFull(t *testing.T) {
	w := fresh(t)
	w.api.Users.Passwords = full{}
	for _, got := range []answer{
		w.send(w.internal, verification("toby", oldPassword)),
		w.send(w.internal, verification("nobody", oldPassword)),
		w.send(w.public, post(`{"name":"Thomas","uid":"tom","password":"123Toby!"}`)),
		w.send(w.public, put("toby", `{"name":"Other","password":"`+newPassword+`"}`)),
		w.send(w.public, request{as: "ada", method: "POST", path: "/api/users", body: `[{"name":"One","uid":"one","password":"123Toby!"}]`}),
	} {
		if got.status != 503 || got.header.Get("Retry-After") == "" {
			t.Errorf("got %+v", got)
		}
	}
	if a, err := w.db.ByUID(context.Background(), "toby"); err != nil || a.Name != "Thomas Edison" {
		t.Errorf("kept %+v, %v", a.User, err)
	}
	if _, err := w.db.ByUID(context.Background(), "tom"); !errors.Is(err, user.ErrNotFound) {
		t.Errorf("tom: %v", err)
	}
}

// full is a queue that has no place.
type full struct{}

func (full) Hash(context.Context, string) (string, error) {
	return "", &fault.Fault{Kind: fault.Unavailable, Message: "busy", RetryAfter: time.Second, Err: password.ErrFull}
}

func (f full) Verify(ctx context.Context, _, _ string) (bool, bool, error) {
	_, err := f.Hash(ctx, "")
	return false, false, err
}
