package route_test

import (
	"maps"
	"net/http"
	"os"
	"slices"
	"testing"

	"gatehouse/gateway/internal/route"
)

func TestMostSpecificPathWins(t *testing.T) {
	table := route.NewTable([]*route.Route{
		{Path: "/", Methods: []string{"GET"}},
		{Path: "/a/", Methods: []string{"GET"}},
		{Path: "/a/b/", Methods: []string{"GET"}},
		{Path: "/a/b/c", Methods: []string{"POST"}},
	})
	for path, want := range map[string]string{
		"/": "/", "/x": "/", "/a": "/", "/a/": "/a/", "/a/x": "/a/", "/a/bc": "/a/", "/a/b/": "/a/b/", "/a/b/c": "/a/b/c",
		"/a/b/c/d": "/a/b/", "/A/x": "/",
	} {
		if got := table.At(path)[0].Path; got != want {
			t.Errorf("At(%s) is %s; want %s", path, got, want)
		}
	}
	if found := table.At("/a/b/c/"); found != nil {
		t.Errorf("a second spelling of an exact path is found: %v", found)
	}
	if table.At("/a/b/c").For(http.MethodGet) != nil {
		t.Error("a method that only a less specific path has must not be found")
	}
}

func TestNoRoute(t *testing.T) {
	table := route.NewTable([]*route.Route{{Path: "/a", Methods: []string{"GET"}}})
	entries := table.At("/b")
	if entries.For("GET") != nil || entries.Methods() != nil {
		t.Errorf("At(/b) is %v", entries)
	}
}

func TestBuiltInTable(t *testing.T) {
	data, err := os.ReadFile("../../routes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	table, err := route.Load(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		method, path string
		session      bool
		roles        []string
		forward      route.Forward
	}{
		{"POST", "/api/authenticate", false, nil, route.ForwardToken},
		{"DELETE", "/api/authenticate", false, nil, route.ForwardToken},
		{"POST", "/api/authenticate/refresh", false, nil, route.ForwardToken},
		{"GET", "/.well-known/jwks.json", false, nil, route.ForwardNone},
		{"GET", "/api/id", true, nil, route.ForwardToken},
		{"POST", "/api/user", false, nil, route.ForwardNone},
		{"GET", "/api/user", true, nil, route.ForwardToken},
		{"HEAD", "/api/user", true, nil, route.ForwardToken},
		{"PUT", "/api/user", true, nil, route.ForwardToken},
		{"DELETE", "/api/user", true, nil, route.ForwardToken},
		{"GET", "/api/user/export", true, nil, route.ForwardToken},
		{"GET", "/api/activity", true, nil, route.ForwardToken},
		{"GET", "/api/audit", true, []string{"Admin"}, route.ForwardToken},
		{"POST", "/api/users", true, []string{"Admin"}, route.ForwardToken},
	} {
		r := table.At(want.path).For(want.method)
		if r == nil {
			t.Errorf("%s %s: no route", want.method, want.path)
			continue
		}
		if r.Access.Session != want.session || !slices.Equal(r.Access.Roles, want.roles) || r.Forward != want.forward {
			t.Errorf("%s %s: %+v", want.method, want.path, r)
		}
		throttled := want.path == "/api/user" && (want.method == "POST" || want.method == "PUT")
		if throttled != (r.Throttle.Count > 0) {
			t.Errorf("%s %s: throttle %+v", want.method, want.path, r.Throttle)
		}
	}
	if got := table.At("/api/user").Methods(); !slices.Equal(got, []string{"DELETE", "GET", "HEAD", "POST", "PUT"}) {
		t.Errorf("methods of /api/user: %v", got)
	}
	want := map[string]string{"http://auth-service:8081": "/readyz", "http://user-service:8082": "/readyz"}
	if got := table.Upstreams(); !maps.Equal(got, want) {
		t.Errorf("upstreams: %v", got)
	}
}
