package user

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/internal/fault"
)

// check runs a rule over values that must pass and values that must be refused with the field's name in front.
func check(t *testing.T, field string, rule func(string) error, good, bad []string) {
	t.Helper()
	for _, value := range good {
		if err := rule(value); err != nil {
			t.Errorf("%s %.40q: %v", field, value, err)
		}
	}
	for _, value := range bad {
		if err := rule(value); !fault.Is(err, fault.Invalid) || !strings.HasPrefix(err.Error(), field+" ") {
			t.Errorf("%s %.40q: got %v", field, value, err)
		}
	}
}

func TestName(t *testing.T) {
	check(t, "Name", func(s string) error { _, err := cleanName(s); return err },
		[]string{"To", "Thomas Edison", "  Grace  ", "José", "李小龍", "👩‍🚀 Sally", "می\u200cخواهم", "O'Neil-Smith, Jr.", "<b>x</b>",
			strings.Repeat("é", 100)},
		[]string{"", "x", " x ", strings.Repeat("é", 101), "a\x00b", "a\nb", "a\tb", "a\u202eb", "a\u2066b", "a\u200eb", "a\u061cb",
			"a\u200bb", "a\ufeffb", "a\u2028b", "a\ufffdb", "a\u00adb", "a\ue000b"})
}

func TestUID(t *testing.T) {
	check(t, "User ID", func(s string) error { _, err := cleanUID(s); return err },
		[]string{"to", "toby", "Grace-Hopper_1", "a.b@c+d", "josé", "李小", strings.Repeat("x", 64)},
		[]string{"", "x", strings.Repeat("x", 65), strings.Repeat("x", 300), "a b", " ab", "a\x00b", "a/b", "a\\b", "a%b", "a\u202eb",
			"a\u200db", "a\ufffdb", "🐎🐎", "a'b", `a"b`, "a\nb"})
}

func TestEmail(t *testing.T) {
	check(t, "Email", checkEmail,
		[]string{"", "a@b", "toby@example.org", "o'neil+x@sub.example.org"},
		[]string{"a", "a@", "@b", "a b@c", "Toby <toby@example.org>", "<toby@example.org>", "a@b,c@d", "a@b\r\nBcc: c@d", "a\x00@b",
			strings.Repeat("a", 251) + "@b.c"})
}

func TestRole(t *testing.T) {
	check(t, "Role", checkRole,
		[]string{"A", "Admin", "Head Teacher", "year-7_b", strings.Repeat("r", 32)},
		[]string{"", " ", " A", "A ", "Ädmin", "a,b", "a\nb", strings.Repeat("r", 33), "a\x00"})
}

func TestPicture(t *testing.T) {
	check(t, "Picture", checkPicture,
		[]string{"", "/img/logo.svg", "/x", "data:image/png;base64,iVBORw0KGgo="},
		[]string{"x", "/", "//evil.example/x.png", `/\evil.example`, "https://example.org/x.png", "javascript:alert(1)",
			"data:text/html;base64,PGI+", "data:image/svg+xml;base64,PGI+", "/a b", "/a\nb", "/" + strings.Repeat("x", maxPicture)})
}

func TestValuesAreKeptInOneForm(t *testing.T) {
	if name, _ := cleanName("  Jose\u0301 "); name != "José" {
		t.Errorf("name %q", name)
	}
	if uid, _ := cleanUID("Jose\u0301"); uid != "José" {
		t.Errorf("uid %q", uid)
	}
}

func TestCursorRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		uid := rapid.StringMatching(`[a-zA-Z0-9._@+é李-]{2,64}`).Draw(t, "uid")
		after, err := openCursor(makeCursor(User{UID: uid}))
		if err != nil || after != Fold(uid) {
			t.Fatalf("got %q, %v", after, err)
		}
	})
}

func TestForeignCursorsAreRefused(t *testing.T) {
	for _, cursor := range []string{"x", "!!", "dG9ieQ", "YWZ0ZXI6", "YWZ0ZXI6AA", "YWZ0ZXI6_w", strings.Repeat("A", 4096)} {
		if after, err := openCursor(cursor); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.20s was opened as %q", cursor, after)
		}
	}
}

func TestShownIsBounded(t *testing.T) {
	if got := len(shown(strings.Repeat("é", 1000))); got > 2*maxUID+3 {
		t.Errorf("%d bytes", got)
	}
}
