package route_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/gateway/internal/route"
)

func TestLoad(t *testing.T) {
	table, err := route.Load([]byte(`
routes:
  - path: /a/
    methods: [GET, POST]
    upstream: https://a:443
    access: [Admin, Teacher]
    forward: identity
    timeout: 90s
    body_limit: 1MiB
    throttle: 20/1m
  - {path: /b, methods: [GET], upstream: "http://b:80", access: public}
`))
	if err != nil {
		t.Fatal(err)
	}
	a, b := table.At("/a/x").For("POST"), table.At("/b").For("GET")
	if a.Timeout != 90*time.Second || a.BodyLimit != 1<<20 || a.Upstream != "https://a:443" ||
		!slices.Equal(a.Access.Roles, []string{"Admin", "Teacher"}) || !a.Access.Session {
		t.Errorf("a: %+v", a)
	}
	if a.Throttle != (route.Throttle{Count: 20, Per: time.Minute}) || a.Throttle.Every() != 3*time.Second || b.Throttle != (route.Throttle{}) {
		t.Errorf("throttles: %+v and %+v", a.Throttle, b.Throttle)
	}
	if b.Timeout != route.DefaultTimeout || b.BodyLimit != route.DefaultBodyLimit || b.Forward != route.ForwardNone {
		t.Errorf("b: %+v", b)
	}
}

func TestEveryMistakeIsNamedWithItsLine(t *testing.T) {
	_, err := route.Load([]byte(`routes:
  - path: /a/../b
    methods: [get]
    upstream: http://a:80/path
    access: everyone
    forward: all
    timeout: 1h
    body_limit: 64KB
    acess: public
  - path: /c
    path: /c
    methods: GET
    upstream: ftp://c:80
    access: []
  - just words
  - path: /d
    methods: [GET, GET]
    upstream: http://d
    access: public
    forward: identity
    timeout: -1s
    body_limit: 2000GiB
    throttle: 20
  - {path: /e, methods: [GET], upstream: "http://e:1", access: public}
  - {path: /e, methods: [PUT, GET], upstream: "http://e:1", access: session}
`))
	if err == nil {
		t.Fatal("no mistake was found")
	}
	for _, want := range []string{
		"line 2: path", "line 3: methods", "line 4: upstream", "line 5: access", "line 6: forward", "line 7: timeout",
		"line 8: body_limit", "line 9: unknown key acess", "line 11: path is given twice", "line 12: methods",
		"line 13: upstream", "line 14: access", "line 15: a route must have keys", "line 17: methods", "line 18: upstream",
		"line 16: forward: a public route has no identity", "line 21: timeout", "line 22: body_limit",
		"line 23: throttle", "line 25: /e has another entry for GET",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing: %s", want)
		}
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines != 20 {
		t.Errorf("%d mistakes, not 20:\n%v", lines, err)
	}
}

func TestMissingKeys(t *testing.T) {
	_, err := route.Load([]byte("routes:\n  - forward: none\n"))
	for _, key := range []string{"path", "methods", "upstream", "access"} {
		if err == nil || !strings.Contains(err.Error(), "line 2: "+key+" is missing") {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestFilesThatAreNoTable(t *testing.T) {
	for name, data := range map[string]string{
		"empty": "", "no YAML": "routes: [", "no list": "routes: 5", "nothing in it": "routes: []", "a list": "- path: /",
		"another key": "routes: []\nupstreams: []", "two documents": "routes: [{}]\n---\nroutes: [{}]", "a word": "routes",
		"null": "routes:",
	} {
		if _, err := route.Load([]byte(data)); err == nil {
			t.Errorf("%s: no mistake was found", name)
		}
	}
}

func TestThrottleIsACountForADuration(t *testing.T) {
	load := func(value string) error {
		_, err := route.Load([]byte(`routes: [{path: /a, methods: [GET], upstream: "http://a:1", access: public, throttle: ` + value + `}]`))
		return err
	}
	for _, value := range []string{"1/24h", "1000/1s", "7/1s", "120/1m0s"} {
		if err := load(value); err != nil {
			t.Errorf("%s: %v", value, err)
		}
	}
	for _, value := range []string{`""`, "20", "/", "20/", "/1m", "0/1m", "-1/1m", "20/0s", "20/-1m", "20/1", "1.5/1m", "1/25h", "1001/1s", "20/1m/1m", "[20, 1m]"} {
		if err := load(value); err == nil || !strings.Contains(err.Error(), "throttle: ") {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func TestWhatGoesTogether(t *testing.T) {
	for _, c := range []struct{ entry, mistake string }{
		{"path: /a/, access: session, strip_prefix: true, forward: assertion, audience: reports", ""},
		{"path: /a, access: session, strip_prefix: false, forward: assertion", ""},
		{"path: /a, access: session, strip_prefix: true", "strip_prefix: only for a path with a trailing slash"},
		{"path: /a/, access: session, strip_prefix: yes", `strip_prefix: "yes" is neither true nor false`},
		{"path: /a, access: public, forward: assertion", "forward: a public route has no identity"},
		{"path: /a, access: session, forward: identity, audience: a", "audience: only for forward: assertion"},
		{"path: /a, access: session, forward: assertion, audience: gatehouse", "audience: is that of access tokens"},
		{"path: /a, access: session, forward: assertion, audience: 'a b'", "audience: must be a name"},
		{"path: /a, access: [true]", `access: "true" is no word`},
	} {
		_, err := route.Load([]byte("routes:\n  - {methods: [GET], upstream: 'http://a:1', " + c.entry + "}\n"))
		if c.mistake == "" && err != nil || c.mistake != "" && (err == nil || !strings.HasPrefix(err.Error(), "line 2: "+c.mistake)) {
			t.Errorf("%s: %v", c.entry, err)
		}
	}
}

func TestAnAssertionIsForTheUpstreamUnlessItSaysSo(t *testing.T) {
	table, err := route.Load([]byte(`routes:
  - {path: /a, methods: [GET], upstream: "http://a:1", access: session, forward: assertion}
  - {path: /b, methods: [GET], upstream: "http://a:1", access: session, forward: assertion, audience: b}
  - {path: /c, methods: [GET], upstream: "http://a:1", access: session}
`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/a": "http://a:1", "/b": "b", "/c": ""} {
		if got := table.At(path).For("GET").Audience; got != want {
			t.Errorf("%s: %q; want %q", path, got, want)
		}
	}
}

const one = "routes:\n  - {path: /one, methods: [GET], upstream: 'http://a:1', access: public}\n"

func TestSeveralFilesAreOneTable(t *testing.T) {
	two := strings.ReplaceAll(one, "/one", "/two")
	table, err := route.LoadFiles(route.File{Name: "a.yaml", Data: []byte(one)}, route.File{Name: "b.yaml", Data: []byte(two)})
	if err != nil || table.At("/one") == nil || table.At("/two") == nil || len(table.Routes()) != 2 {
		t.Errorf("%v, %v", table, err)
	}
	_, err = route.LoadFiles(
		route.File{Name: "a.yaml", Data: []byte("routes: [")}, route.File{Name: "b.yaml", Data: []byte(one)},
		route.File{Name: "c.yaml", Data: []byte("\n" + one + "  - {path: /x, acess: public}\n")},
	)
	for _, want := range []string{
		"a.yaml: not a YAML file: line 1", "c.yaml:3: /one has another entry for GET, b.yaml:2", "c.yaml:4: methods is missing", "c.yaml:4: unknown key acess",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

func TestMistakesAreInTheOrderOfTheirLines(t *testing.T) {
	_, err := route.Load([]byte("routes:\n  - path: a\n    methods: []\n  - path: b\n"))
	last := 0
	for text := range strings.SplitSeq(err.Error(), "\n") {
		var line int
		if _, err := fmt.Sscanf(text, "line %d:", &line); err != nil || line < last {
			t.Errorf("%d comes before: %s", last, text)
		}
		last = line
	}
}

// FuzzLoad: whatever is in a file, it is a table or there is a mistake.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{one, "", "routes: [*a]", "&a [*a]", "routes: [{path: &p /a, methods: *p, ? [] : 5}]", "? ", "<<: {}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := route.Load(data)
		if (table == nil) == (err == nil) {
			t.Errorf("%v, %v", table, err)
		}
		if err == nil && table.Print(io.Discard) != nil {
			t.Error("it cannot be printed")
		}
	})
}
