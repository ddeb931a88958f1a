// Package importrules checks the borders inside the code: who may import what, and where one thing alone may be done.
package importrules

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// only says which packages may import a library, or anything below it.
var only = map[string][]string{
	"github.com/gofiber/fiber/v2": {
		"gateway/internal/edge", "gateway/main", "auth-service/internal/api", "user-service/internal/api",
		"internal/httpserver", "internal/envelope", "auth-service/main", "user-service/main", "bench/main",
	},
	"github.com/redis/go-redis/v9": {
		"auth-service/internal/redisstore", "internal/revocation", "internal/revocation/revocationtest", "internal/throttle", "internal/redisurl",
		"internal/redistest", "gateway/main", "auth-service/main", "bench/main",
	},
	// Of Fiber's own middleware, sessions, CSRF, cache, limiter and timeout have had holes that ours need not have.
	"github.com/gofiber/fiber/v2/middleware": {},

	"github.com/lib/pq":               {"user-service/internal/postgres", "internal/postgrestest"},
	"database/sql":                    {"user-service/internal/postgres", "internal/postgrestest"},
	"github.com/golang-jwt/jwt/v5":    {"internal/token", "bench/main", "deploy/example/go"},
	"github.com/gofiber/contrib/jwt":  {"gateway/internal/edge", "bench/main"},
	"github.com/valyala/fasthttp":     {"gateway/internal/edge", "gateway/internal/upstream", "internal/httpserver", "bench/main"},
	"github.com/caarlos0/env/v11":     {"internal/env"},
	"github.com/pressly/goose/v3":     {"user-service/internal/postgres"},
	"github.com/mileusna/useragent":   {"auth-service/internal/device"},
	"github.com/wneessen/go-mail":     {"auth-service/internal/mail"},
	"github.com/molecule-man/go-brrr": {"gateway/internal/site"},
	"github.com/tdewolff/parse/v2":    {"gateway/internal/site"},
	"github.com/emersion/go-smtp":     {"internal/e2e"}, // the mail server of tests
	"github.com/emersion/go-sasl":     {},
	// They keep every method of every type in a program: 10 MB of auth-service.
	"text/template":           {"bench/main"},
	"html/template":           {},
	"github.com/prometheus":   {"internal/metrics"},
	"go.opentelemetry.io":     {"internal/tracing", "user-service/internal/postgres"},
	"github.com/XSAM/otelsql": {"user-service/internal/postgres"},
}

// domains know no Fiber, SQL, Redis or HTTP.
var domains = map[string]bool{
	"auth-service/internal/session": true, "user-service/internal/user": true,
}

var forbiddenInDomains = []string{
	"github.com/gofiber/", "github.com/redis/", "database/sql", "github.com/lib/pq", "net/http", "github.com/valyala/",
}

type file struct {
	path    string // from the root
	dir     string // its package; a main is <service>/main
	service string // empty in the root's internal/
	source  string
	imports []string
}

func TestImports(t *testing.T) {
	for _, f := range sources(t, ".go") {
		for _, imported := range f.imports {
			checkBorders(t, f, imported)
			checkLibrary(t, f, imported)
			if domains[f.dir] {
				checkDomain(t, f, imported)
			}
		}
	}
}

// checkBorders: services never import each other, and what is shared never imports a service.
func checkBorders(t *testing.T, f file, imported string) {
	for _, service := range []string{"gateway", "auth-service", "user-service"} {
		if strings.HasPrefix(imported, "gatehouse/"+service) && f.service != service {
			t.Errorf("%s imports %s, which belongs to %s", f.path, imported, service)
		}
	}
}

func checkLibrary(t *testing.T, f file, imported string) {
	for library, allowed := range only {
		if imported != library && !strings.HasPrefix(imported, library+"/") {
			continue
		}
		if !slices.Contains(allowed, f.dir) {
			t.Errorf("%s imports %s; only %s may", f.path, imported, strings.Join(append(allowed, "tests"), ", "))
		}
	}
}

func checkDomain(t *testing.T, f file, imported string) {
	for _, prefix := range forbiddenInDomains {
		if strings.HasPrefix(imported, prefix) {
			t.Errorf("%s imports %s; a domain knows no wire and no store", f.path, imported)
		}
	}
}

func TestOnePlaceForEach(t *testing.T) {
	for _, rule := range []struct {
		what, ext string
		pattern   *regexp.Regexp
		allowed   *regexp.Regexp
	}{
		{"os.Getenv", ".go", regexp.MustCompile(`os\.(Getenv|LookupEnv|Environ)\(`), regexp.MustCompile(`^internal/(env|e2e)/`)},
		{"Set-Cookie", ".go", regexp.MustCompile(`Set-Cookie|SetCookie|\.Cookie\(&|&fiber\.Cookie`), regexp.MustCompile(`/cookies\.go$|^internal/e2e/`)},
		{"fetch", ".js", regexp.MustCompile(`\bfetch\(|XMLHttpRequest|sendBeacon`), regexp.MustCompile(`^frontend/js/api\.js$`)},
		{"innerHTML", ".js", regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(`), nil},
		{"an inline script or style", ".html", regexp.MustCompile(`<script(?:[^>]*)>[^<]|\son[a-z]+=|\sstyle=|<style`), regexp.MustCompile(`^auth-service/internal/mail/`)}, // mail readers load nothing
	} {
		for _, f := range sources(t, rule.ext) {
			if rule.pattern.MatchString(f.source) && (rule.allowed == nil || !rule.allowed.MatchString(f.path)) {
				t.Errorf("%s: %s belongs elsewhere (%s)", f.path, rule.what, rule.pattern)
			}
		}
	}
}

func TestNamesSaySomething(t *testing.T) {
	empty := regexp.MustCompile(`(^|/)(utils?|common|helpers?|misc|base|manager)(/|\.(go|js)$)`)
	for _, ext := range []string{".go", ".js"} {
		for _, f := range sources(t, ext) {
			if empty.MatchString(f.path) && f.path != "user-service/internal/password/common.go" {
				t.Errorf("%s: the name says nothing", f.path)
			}
		}
	}
}

// sources are the files that are not tests.
func sources(t *testing.T, ext string) []file {
	t.Helper()
	var found []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != root && strings.HasPrefix(name, ".") || name == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) == ext && !strings.HasSuffix(path, "_test.go") {
			found = append(found, read(t, path))
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("no %s files: %v", ext, err)
	}
	return found
}

func read(t *testing.T, path string) file {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	name, err := filepath.Rel(root, path)
	if err != nil {
		t.Fatal(err)
	}
	f := file{path: filepath.ToSlash(name), source: string(source)}
	f.dir = filepath.ToSlash(filepath.Dir(f.path))
	if top, _, _ := strings.Cut(f.path, "/"); top != "internal" {
		f.service = top
	}
	if f.dir == f.service {
		f.dir += "/main"
	}
	if filepath.Ext(path) == ".go" {
		f.imports = imports(t, path)
	}
	return f
}

func imports(t *testing.T, path string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, spec := range parsed.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		found = append(found, imported)
	}
	return found
}
