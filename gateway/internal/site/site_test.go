package site_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/molecule-man/go-brrr"

	"gatehouse/frontend"
	"gatehouse/gateway/internal/site"
)

// load makes a site of files, given as name and content in turn.
func load(t *testing.T, pairs ...string) *site.Site {
	t.Helper()
	files := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		files[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	s, err := site.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// text is what is at an address.
func text(t *testing.T, s *site.Site, address string) string {
	t.Helper()
	f := s.At(address)
	if f == nil {
		t.Fatalf("there is nothing at %s", address)
	}
	return string(f.For("").Body)
}

var lasting = regexp.MustCompile(`/[\w./-]+\.[0-9a-f]{12}\.\w+`)

// readable is a text with a star for each fingerprint, each of which must lead to a lasting file.
func readable(t *testing.T, s *site.Site, text string) string {
	t.Helper()
	for _, address := range lasting.FindAllString(text, -1) {
		if f := s.At(address); f == nil || !f.Lasting {
			t.Errorf("%s is no lasting address", address)
		}
	}
	return regexp.MustCompile(`\.[0-9a-f]{12}\.`).ReplaceAllString(text, ".*.")
}

func TestReferencesBecomeLasting(t *testing.T) {
	files := []string{
		"css/b.css", "b{}", "css/a.css", "a{}", "js/x.js", "export {}", "js/y.js", "export {}", "img/i.svg", "<svg/>",
		"img/a b.svg", "<svg/>", "help.html", "help",
	}
	for _, c := range []struct{ name, written, want string }{
		{"p.html", `<link rel="stylesheet" href="/css/a.css">`, `<link rel="stylesheet" href="/css/a.*.css">`},
		{"p.html", `<LINK HREF='css/a.css'><script src=js/x.js></script>`, `<LINK HREF='/css/a.*.css'><script src=/js/x.*.js></script>`},
		{"d/p.html", `<img alt="src='/img/i.svg'" src="../img/i.svg#part">`, `<img alt="src='/img/i.svg'" src="/img/i.*.svg#part">`},
		{"p.html", `<img src="/img/a%20b.svg?x=1&amp;y">`, `<img src="/img/a%20b.*.svg?x=1&amp;y">`},
		{"p.html", `<!-- <img src="/img/i.svg"> --><a href="/img/i.svg">/img/i.svg</a>`, ``},
		{"p.html", `<script>"<img src='/img/i.svg'>"</script><textarea><img src="/img/i.svg"></textarea>`, ``},
		{"p.html", `<img src="/img/none.svg"><img src="//elsewhere/img/i.svg"><img src="https://h/img/i.svg"><img src>`, ``},
		{"p.html", `<iframe src="/help"></iframe><link rel="help" href="/help"><img src="data:image/svg+xml,%3Csvg/%3E">`, ``},
		{"css/t.css", `@import "a.css"; @import url( 'b.css' ) print;`, `@import "/css/a.*.css"; @import url( '/css/b.*.css' ) print;`},
		{"css/t.css", `a{background:URL(../img/i.svg#x) } /* url(a.css) */`, `a{background:URL(/img/i.*.svg#x) } /* url(a.css) */`},
		{"css/t.css", `a{content:"url(a.css)"; mask:url("a.css"`, `a{content:"url(a.css)"; mask:url("/css/a.*.css"`},
		{"css/t.css", `a{filter:url(#f); b:url(data:,x); c:url(); d:url(none.css); e:"a.css"; @media "a.css"}`, ``},
		{"js/t.js", `import a from '/js/x.js'; import './y.js'; export * from "../js/x.js";`,
			`import a from '/js/x.*.js'; import '/js/y.*.js'; export * from "/js/x.*.js";`},
		{"js/t.js", "const f = async () => { await import('./x.js') }; `${import('/js/y.js')}`",
			"const f = async () => { await import('/js/x.*.js') }; `${import('/js/y.*.js')}`"},
		{"js/t.js", `if (await import('./x.js')) import('./y.js')`, `if (await import('/js/x.*.js')) import('/js/y.*.js')`},
		{"js/t.js", `import a, {b as c} from'./x.js';export {d} from './y.js';class E { static f = import("./x.js") }`,
			`import a, {b as c} from'/js/x.*.js';export {d} from '/js/y.*.js';class E { static f = import("/js/x.*.js") }`},
		{"js/t.js", "// import './x.js'\nconst a = \"import './x.js'\", b = /import '.\\/x.js'/, c = `import './x.js'`;", ``},
		{"js/t.js", `import 'x.js'; import 'https://h/js/x.js'; import './none.js'; fetch('/js/x.js'); import.meta.url;`, ``},
	} {
		s := load(t, append(files, c.name, c.written)...)
		want := c.want
		if want == "" {
			want = c.written // nothing in it leads to a file, or is there to be loaded
		}
		if got := readable(t, s, text(t, s, "/"+strings.TrimSuffix(c.name, ".html"))); got != want {
			t.Errorf("%s becomes\n%s; want\n%s", c.written, got, want)
		}
	}
}

// lastingAddress is where the reference in a page with one leads.
func lastingAddress(t *testing.T, s *site.Site, page string) string {
	t.Helper()
	return lasting.FindString(text(t, s, page))
}

func TestALastingAddressChangesWithWhatItLeadsTo(t *testing.T) {
	build := func(leaf, other string) *site.Site {
		return load(t, "index.html", `<script src="/js/root.js"></script>`, "js/root.js", `import '/js/mid.js'`,
			"js/mid.js", `import '/js/leaf.js'`, "js/leaf.js", leaf, "js/other.js", other)
	}
	first, changed, unrelated := build("1", "2"), build("3", "2"), build("1", "4")
	if lastingAddress(t, first, "/") == lastingAddress(t, changed, "/") {
		t.Error("a script has the same address although what it imports has changed")
	}
	if lastingAddress(t, first, "/") != lastingAddress(t, unrelated, "/") {
		t.Error("the address of a script changes with one that it does not import")
	}
}

func TestScriptsThatImportEachOther(t *testing.T) {
	build := func(b string) *site.Site {
		return load(t, "index.html", `<script src="/js/root.js"></script>`, "js/root.js", `import '/js/a.js'`,
			"js/a.js", `import '/js/b.js'`, "js/b.js", `import '/js/a.js'; import '/js/b.js'; import '/js/c.js';`+b, "js/c.js", "")
	}
	s := build("1")
	root := readable(t, s, text(t, s, lastingAddress(t, s, "/")))
	b := readable(t, s, text(t, s, "/js/b.js"))
	if root != `import '/js/a.*.js'` || b != `import '/js/a.*.js'; import '/js/b.*.js'; import '/js/c.*.js';1` {
		t.Errorf("%s and %s", root, b)
	}
	if lastingAddress(t, s, "/") == lastingAddress(t, build("2"), "/") {
		t.Error("the address stays although a script of the circle has changed")
	}
}

// A module must never be loaded from two addresses, which would be two modules.
func TestScriptsStayReadableWhereTheirImportsAreNotKnown(t *testing.T) {
	for _, script := range []string{"import(name)", "import(`/js/x.js`)", `import '/js\u002fx.js'`, "this is no script", ""} {
		s := load(t, "index.html", `<link href="/css/a.css"><script src="/js/x.js"></script>`, "css/a.css", "a{}",
			"js/x.js", `import '/js/y.js'`, "js/y.js", "", "js/z.mjs", script)
		page, module := readable(t, s, text(t, s, "/")), readable(t, s, text(t, s, "/js/x.js"))
		want := map[bool]string{true: "/js/x.*.js", false: "/js/x.js"}[script == ""]
		if !strings.Contains(page, want) || !strings.Contains(page, "/css/a.*.css") {
			t.Errorf("beside %q: %s", script, page)
		}
		if (module == `import '/js/y.js'`) != (script != "") {
			t.Errorf("beside %q: %s", script, module)
		}
	}
}

func TestAddressesOfAnotherVersion(t *testing.T) {
	s := load(t, "js/x.js", "1", "index.html", "2")
	f := s.At("/js/x.0123456789ab.js")
	if f == nil || f.Lasting || string(f.For("").Body) != "1" {
		t.Errorf("%+v", f)
	}
	for _, address := range []string{
		"/js/y.0123456789ab.js", "/js/x.0123456789AB.js", "/js/x.0123456789a.js", "/js/x.0123456789ab", "/.0123456789ab.html", "/x.0123456789ab.js",
	} {
		if f := s.At(address); f != nil {
			t.Errorf("%s: %+v", address, f)
		}
	}
}

// plain undoes an encoding.
func plain(t *testing.T, r *site.Representation) string {
	t.Helper()
	var reader io.Reader = bytes.NewReader(r.Body)
	var err error
	switch r.Encoding {
	case "br":
		reader = brrr.NewReader(reader)
	case "gzip":
		reader, err = gzip.NewReader(reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFrontend is the promise for the real one: what its pages load, they load from lasting addresses.
func TestFrontend(t *testing.T) {
	s, err := site.Load(frontend.Files)
	if err != nil {
		t.Fatal(err)
	}
	loads := regexp.MustCompile(`(?:<link rel="(?:icon|stylesheet|modulepreload)" href|<script[^>]* src|<img src)="([^"]*)"`)
	imports := regexp.MustCompile(`(?m)^(?:import|\} from)\b[^'\n]*'([^']+)'|url\("([^"]+)"\)`)
	seen := map[string]bool{}
	var follow func(from string, pattern *regexp.Regexp)
	follow = func(from string, pattern *regexp.Regexp) {
		if seen[from] {
			return
		}
		seen[from] = true
		for _, m := range pattern.FindAllStringSubmatch(text(t, s, from), -1) {
			to := strings.Join(m[1:], "")
			if f := s.At(to); f == nil || !f.Lasting {
				t.Errorf("%s loads %s", from, to)
				continue
			}
			follow(to, imports)
		}
	}
	for _, page := range []string{"/", "/signup", "/forgot", "/reset", "/verify", "/database", "/profile", "/sessions", "/activity", "/import"} {
		follow(page, loads)
	}
	if len(seen) < 60 {
		t.Errorf("only %d files were seen", len(seen))
	}
	for address := range seen {
		whole := text(t, s, address)
		for _, encoding := range []string{"br", "gzip"} {
			if r := s.At(address).For(encoding); plain(t, r) != whole || r.Encoding != encoding {
				t.Errorf("%s in %s is %d bytes in %q", address, encoding, len(r.Body), r.Encoding)
			}
		}
	}
}
