package importrules

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// least are the first versions without a hole that could be used against Gatehouse. A library that asks for one of them by
// itself may ask for an older one, so each is required by go.mod directly.
var least = map[string]string{
	"github.com/valyala/fasthttp":  "1.77.0",  // smuggling by 1xx answers, Transfer-Encoding on HTTP/1.0, overflowing lengths
	"github.com/gofiber/fiber/v2":  "2.52.15", // GHSA-c5qf-v26h-rp5r and all before it
	"github.com/golang-jwt/jwt/v5": "5.2.2",   // CVE-2025-30204
	"github.com/redis/go-redis/v9": "9.7.3",   // CVE-2025-29923: answers given to another caller
}

func TestLibrariesAreSafeVersions(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod := string(data)
	if regexp.MustCompile(`(?m)^\s*replace\b`).MatchString(mod) {
		t.Error("go.mod puts something in the place of a library: its versions say nothing then")
	}
	for library, want := range least {
		line := regexp.MustCompile(`(?m)^\s+` + regexp.QuoteMeta(library) + ` v([0-9.]+)(.*)$`).FindStringSubmatch(mod)
		switch {
		case line == nil || strings.Contains(line[2], "indirect"):
			t.Errorf("%s is not required directly", library)
		case older(line[1], want):
			t.Errorf("%s is %s; %s is the first that is safe", library, line[1], want)
		}
	}
}

// older compares versions of three numbers.
func older(version, than string) bool {
	a, b := strings.Split(version, "."), strings.Split(than, ".")
	for i := range min(len(a), len(b)) {
		x, errX := strconv.Atoi(a[i])
		y, errY := strconv.Atoi(b[i])
		if errX != nil || errY != nil || x != y {
			return errX != nil || errY != nil || x < y
		}
	}
	return false
}

func TestOlder(t *testing.T) {
	for _, c := range []struct {
		version, than string
		want          bool
	}{
		{"1.77.0", "1.77.0", false}, {"1.76.9", "1.77.0", true}, {"1.100.0", "1.77.0", false}, {"2.52.9", "2.52.15", true}, {"0.58.0", "0.45.0", false},
	} {
		if older(c.version, c.than) != c.want {
			t.Errorf("%s is older than %s: %v", c.version, c.than, !c.want)
		}
	}
}
