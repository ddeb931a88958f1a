// Package cookiename says what our cookies are called, for the one who writes them and the one who reads them.
package cookiename

import (
	"errors"
	"strings"
)

// tokenBytes are what a cookie's name may have: a token of RFC 9110 §5.6.2, as RFC 6265 §4.1.1 asks.
const tokenBytes = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Check finds what is wrong with a name that somebody chose, JWT_TOKEN_NAME.
func Check(name string) error {
	if name == "" || strings.Trim(name, tokenBytes) != "" {
		return errors.New("a cookie's name has letters, digits and !#$%&'*+-.^_`|~ alone")
	}
	for _, prefix := range []string{"__host-", "__secure-"} {
		if strings.HasPrefix(strings.ToLower(name), prefix) {
			return errors.New("the prefix " + name[:len(prefix)] + " is added where it is due")
		}
	}
	return nil
}

// RefreshPath is the only path that the refresh and the device cookie are sent to, with everything below it.
const RefreshPath = "/api/authenticate"

// Access is the name of the access token's cookie. On https the prefix makes the browser refuse one that a sibling
// domain or plain http has set (RFC 6265bis §4.1.3).
func Access(name string, https bool) string {
	if https {
		return "__Host-" + name
	}
	return name
}

// Refresh is the name of the refresh token's cookie. It has a path, which the prefix __Host- does not allow.
func Refresh(name string, https bool) string { return secure(name+"_refresh", https) }

// Device is the name of the cookie by which a browser is known again. It has the same path.
func Device(name string, https bool) string { return secure(name+"_device", https) }

func secure(name string, https bool) string {
	if https {
		return "__Secure-" + name
	}
	return name
}
