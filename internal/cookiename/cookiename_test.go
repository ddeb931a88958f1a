package cookiename_test

import (
	"testing"

	"gatehouse/internal/cookiename"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		https                   bool
		access, refresh, device string
	}{
		{false, "jwt", "jwt_refresh", "jwt_device"},
		{true, "__Host-jwt", "__Secure-jwt_refresh", "__Secure-jwt_device"}, // __Host- allows no path, and they have one
	} {
		a, r, d := cookiename.Access("jwt", c.https), cookiename.Refresh("jwt", c.https), cookiename.Device("jwt", c.https)
		if a != c.access || r != c.refresh || d != c.device {
			t.Errorf("https %v: %s, %s and %s; want %+v", c.https, a, r, d, c)
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
