package route_test

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"gatehouse/gateway/internal/route"
)

func TestCanonical(t *testing.T) {
	for target, want := range map[string]string{
		"/":                     "/",
		"/api/id":               "/api/id",
		"/api/id/":              "/api/id/",
		"/api/%69d":             "/api/id",
		"/API/id":               "/API/id",
		"/a%20b":                "/a%20b",
		"/caf%c3%a9":            "/caf%C3%A9",
		"/a%3Fb":                "/a%3Fb",
		"/a%23b":                "/a%23b",
		"/%7euser/a%2Db":        "/~user/a-b",
		"/.well-known/jwks":     "/.well-known/jwks",
		"/...":                  "/...",
		"/a:b@c+d,e=f$!&'()*":   "/a:b@c+d,e=f$!&'()*",
		"/team%40admin%3A%2b":   "/team@admin:+",
		"/q?next=//evil/../%2e": "/q",
	} {
		got, query, err := route.Canonical(target)
		if err != nil || got != want {
			t.Errorf("Canonical(%q) = %q, %v; want %q", target, got, err, want)
		}
		if _, after, _ := strings.Cut(target, "?"); query != after {
			t.Errorf("Canonical(%q) has the query %q", target, query)
		}
	}
}

func TestAmbiguousTargetsAreRefused(t *testing.T) {
	for _, target := range []string{
		"", "*", "api/id", "http://gatehouse/api/id", "//evil/api/id", "/api//id", "/api/id//", "/./api", "/api/.",
		"/api/../id", "/..", "/api/..", `/api\id`, "/api%2fid", "/api%2Fid", "/api%5cid", "/api%5Cid", "/api/id%00", "/%2e/id",
		"/%2E%2e/id", "/api/%252e", "/%25", "/api;x=1/id", "/api/%3bid", "/api/\x01", "/api/\x7f", "/api/%0d%0a", "/api/%7F",
		"/api/%", "/api/%2", "/api/%zz", "/api/%c3", "/api/%ff%fe", "/caf\xc3\xa9", "/a b", "/a#b", "/a?b#c", "/a?\x00", "/a?b c",
		`/a"b`, "/a<b>", "/a|b", "/a[b]", "/a{b}", "/a^b", "/a`b", "/a?\xff", "?", "/%c0%ae%c0%ae/",
	} {
		if got, _, err := route.Canonical(target); err == nil {
			t.Errorf("Canonical(%q) = %q; want a refusal", target, got)
		}
	}
}

// FuzzCanonical looks for a path that changes when it is read again, or that another reader would take for another one.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"/", "/api/%69d", "/a%20b?x=1", "/caf%C3%A9", "/..", "/a;b", "/%2e", "/a%2fb", "//",
		"/%C3%28", "/a%3F?b?c", "/:80/@x", "/a%25%32%66b", "/.%00./", "http://h/", "/a/?", "/...//",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) {
		got, query, err := route.Canonical(target)
		if err != nil {
			return
		}
		again, queryAgain, err := route.Canonical(got + "?" + query)
		if err != nil || again != got || queryAgain != query {
			t.Fatalf("%q became %q, and that became %q, %v", target, got, again, err)
		}
		before, _, _ := strings.Cut(target, "?")
		wanted, err1 := url.PathUnescape(before)
		text, err2 := url.PathUnescape(got)
		if err1 != nil || err2 != nil || wanted != text {
			t.Fatalf("%q means %q, but %q means %q", before, wanted, got, text)
		}
		if clean := path.Clean(text); clean != text && clean+"/" != text {
			t.Fatalf("%q means %q, which others clean to %q", got, text, clean)
		}
		if strings.ContainsAny(text, "\\;\x00") || strings.Count(text, "/") != strings.Count(got, "/") {
			t.Fatalf("%q has an escaped separator", got)
		}
		if u, err := url.ParseRequestURI(got + "?" + query); err != nil || u.Path != text || u.RawQuery != query || u.Host != "" {
			t.Fatalf("%q?%q is %+v, %v to a service in Go", got, query, u, err)
		}
	})
}
