package cookiename_test

import (
	"testing"

	"gatehouse/internal/cookiename"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		https           bool
		access, refresh string
	}{
		{false, "jwt", "jwt_refresh"},
		{true, "__Host-jwt", "__Secure-jwt_refresh"}, // __Host- allows no path, and the refresh cookie has one
	} {
		if a, r := cookiename.Access("jwt", c.https), cookiename.Refresh("jwt", c.https); a != c.access || r != c.refresh {
			t.Errorf("https %v: %s and %s; want %s and %s", c.https, a, r, c.access, c.refresh)
		}
	}
}

func TestNamesThatSomebodyChose(t *testing.T) {
	for _, name := range []string{"jwt", "a", "class_7-b", "jwt.v2", "!#$%&'*+-.^_`|~", "_jwt", "__Hosted"} {
		if err := cookiename.Check(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{
		"", " ", "a b", "a=b", "a;b", "a,b", "a:b", `"a"`, "a/b", "a(b)", "a@b", "a\tb", "a\r\nb", "a\x00b", "a\x7fb", "kéks", "a[1]", "{a}", `a\b`,
		"__Host-jwt", "__host-jwt", "__Secure-jwt", "__SECURE-",
	} {
		if cookiename.Check(name) == nil {
			t.Errorf("%q passes", name)
		}
	}
}
