package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gatehouse/user-service/internal/github"
)

func post(body string) request { return request{method: "POST", path: "/api/user", body: body} }

func signUp(t *testing.T) {
	w := fresh(t)
	w.play(t, w.public, []scenario{
		{"no body", post(""), 400, []string{`"Please provide user details"`}, nil},
		{"no members", post(" { } "), 400, []string{`"Please provide user details"`}, nil},
		{"no rows", post("[]"), 400, []string{`"Please provide user details"`}, nil},
		{"null", post("null"), 400, []string{`"Please provide user details"`}, nil},
		{"an array", post(`[{"name":"Thomas","uid":"tom","password":"123Toby!"}]`), 400, []string{"wrong type"}, nil},
		{"no name", post(`{"uid":"x","password":"x"}`), 400, []string{`"Name is missing, or is less than 2 characters"`}, nil},
		{"no uid", post(`{"name":"Thomas","password":"x"}`), 400, []string{`"User ID is missing, or is less than 2 characters"`}, nil},
		{"no password", post(`{"name":"Thomas","uid":"tom"}`), 400, []string{"Password is missing, or is less than 8"}, nil},
		{"weak", post(`{"name":"Thomas","uid":"tom","password":"Password1"}`), 400, []string{"Password is too common"}, nil},
		{"the uid", post(`{"name":"Thomas","uid":"tomtomtom1","password":"TomTomTom1"}`), 400, []string{"Password must not be"}, nil},
		{"bad email", post(`{"name":"Thomas","uid":"tom","password":"123Toby!","email":"x"}`), 400, []string{`"Email is`}, nil},
		{"taken", post(`{"name":"Thomas","uid":"toby","password":"123Toby!"}`), 400,
			[]string{`"Processed Thomas, either a format error or User ID toby is duplicate"`}, nil},
		{"taken in another case", post(`{"name":"Thomas","uid":"TOBY","password":"123Toby!"}`), 400,
			[]string{`"Processed Thomas, either a format error or User ID TOBY is duplicate"`}, nil},
		{"the seed's user", post(`{"name":" Thomas ","uid":"Tom","password":"123Toby!","email":"tom@example.org","more":[1],"role":"Admin",` +
			`"id":99,"disabled":true}`), 200,
			[]string{`"name":"Thomas"`, `"uid":"Tom"`, `"email":"tom@example.org"`, `"role":"User"`, `"pfp":""`, `"disabled":false`,
				`"created_at":"20`, `"updated_at":"20`, `"id":`}, []string{"123Toby!", `"id":99`, "password", "access"}},
	})
	w.play(t, w.public, []scenario{
		{"emoji in a name", post(`{"name":"Sally 👩‍🚀","uid":"sally","password":"123Toby!"}`), 200, []string{"👩‍🚀"}, nil},
		{"composed", post(`{"name":"Jose\u0301","uid":"jose\u0301","password":"123Toby!"}`), 200, []string{`"uid":"josé"`}, nil},
	})
}

func signUpClosed(t *testing.T) {
	w := fresh(t)
	w.api.Users.Closed = true
	w.play(t, w.public, []scenario{
		{"closed", post(`{"name":"Thomas","uid":"tom","password":"123Toby!"}`), 403, []string{`"Registration is closed"`}, nil},
		{"an Admin's rows", request{as: "ada", method: "POST", path: "/api/users",
			body: `[{"name":"Thomas","uid":"tom","password":"123Toby!"}]`}, 200, []string{`{"errors":[]}`}, nil},
	})
}

func signUpGitHub(t *testing.T) {
	var down atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case down.Load() || r.Header.Get("Authorization") != "Bearer gh":
			rw.WriteHeader(http.StatusBadGateway)
		case r.URL.Path != "/users/octocat":
			rw.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	base, _ := url.Parse(server.URL)
	w := fresh(t)
	w.api.Users.Registry = github.New(base, "gh", server.Client())
	w.play(t, w.public, []scenario{
		{"unknown", post(`{"name":"Thomas","uid":"nobody","password":"123Toby!"}`), 404, []string{`"User ID nobody not a valid GitHub account"`}, nil},
		{"another address", post(`{"name":"Thomas","uid":"..","password":"123Toby!"}`), 404, []string{`"User ID .. not a valid`}, nil},
		{"known", post(`{"name":"Thomas","uid":"octocat","password":"123Toby!"}`), 200, []string{`"octocat"`}, nil},
	})
	down.Store(true)
	got := w.send(w.public, post(`{"name":"Thomas","uid":"tom","password":"123Toby!"}`))
	if got.status != 503 || got.header.Get("Retry-After") == "" || strings.Contains(got.body, "github") {
		t.Errorf("GitHub is down: %+v", got)
	}
}

func signUpRace(t *testing.T) {
	w := fresh(t)
	var created, refused atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			got := w.send(w.public, post(`{"name":"Thomas","uid":"tom","password":"123Toby!"}`))
			switch {
			case got.status == 200:
				created.Add(1)
			case got.status == 400 && strings.Contains(got.body, "User ID tom is duplicate"):
				refused.Add(1)
			default:
				t.Errorf("got %+v", got)
			}
		})
	}
	all.Wait()
	if created.Load() != 1 || refused.Load() != 3 {
		t.Errorf("%d created, %d refused", created.Load(), refused.Load())
	}
}
