package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestThePageHasAPlaceForEachPart(t *testing.T) {
	text, err := os.ReadFile("../" + page)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if _, err := replaceBetween(string(text), p.name, "| new |\n"); err != nil {
			t.Error(err)
		}
	}
}

func TestReplaceBetween(t *testing.T) {
	const old = "# a\n<!-- one -->\nold\n<!-- /one -->\n<!-- two -->\n<!-- /two -->\nend\n"
	got, err := replaceBetween(old, "one", "new\n")
	if want := strings.Replace(old, "old", "new", 1); err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := replaceBetween(old, "two", "more\n"); err != nil || !strings.Contains(got, "<!-- two -->\nmore\n<!-- /two -->\nend") {
		t.Errorf("%q, %v", got, err)
	}
	for _, missing := range []string{"three", "on"} {
		if _, err := replaceBetween(old, missing, "new\n"); err == nil {
			t.Errorf("%s is found", missing)
		}
	}
}

func TestMarkdown(t *testing.T) {
	s := section{
		goals: []goal{{"fast", "≥ 1", "2", true}, {"small", "≤ 1", "2", false}},
		table: table{header: []string{"", "n"}, rows: [][]string{{"a", "1"}}},
		notes: []string{"a note."},
	}
	const want = `| goal | wanted | measured | reached |
|---|--:|--:|--:|
| fast | ≥ 1 | 2 | yes |
| small | ≤ 1 | 2 | no |

|  | n |
|---|--:|
| a | 1 |

- a note.
- Measured today.
`
	if got := s.markdown("Measured today."); got != want {
		t.Errorf("%s", got)
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[float64]string{0: "0", 999.4: "999", 1000: "1,000", 27654.7: "27,655", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%v is %s; want %s", n, got, want)
		}
	}
	if got := ms(1234567*time.Nanosecond) + us(22149*time.Nanosecond) + mib(3<<19) + times(1, 3); got != "1.23 ms22.1 µs1.5 MiB0.33 ×" {
		t.Error(got)
	}
}

func TestChoose(t *testing.T) {
	all, err := choose(nil)
	if err != nil || len(all) != len(parts) {
		t.Errorf("%d parts, %v", len(all), err)
	}
	some, err := choose([]string{"list", "guard"})
	if err != nil || len(some) != 2 || some[0].name != "guard" || some[1].name != "list" {
		t.Errorf("%v, %v", some, err)
	}
	if _, err := choose([]string{"guard", "speed"}); err == nil || !strings.Contains(err.Error(), "speed") {
		t.Errorf("%v", err)
	}
}

func TestFirstMatch(t *testing.T) {
	for _, c := range []struct{ text, pattern, want string }{
		{"HAProxy version 2.6.12-1+deb12u4 2026/10/17", `version ([\d.]+)`, "2.6.12"},
		{"wrk debian/4.1.0-3+b2 [epoll]", `(\d[\d.]+)`, "4.1.0"},
		{"6.18.44-fc", `^[\d.]+`, "6.18.44"},
		{"", `x(.*)`, "unknown"},
	} {
		if got := firstMatch(c.text, c.pattern); got != c.want {
			t.Errorf("%q in %q: %q", c.pattern, c.text, got)
		}
	}
}
