package edge

import (
	"bytes"
	"iter"
	"net"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/cookiename"
	"gatehouse/internal/fault"
)

// cookies knows our own cookies: the two of the session, and the one by which a browser is known again at a login.
type cookies struct {
	access, refresh, device string // names
	https                   bool
}

func newCookies(name string, https bool) cookies {
	return cookies{
		access: cookiename.Access(name, https), refresh: cookiename.Refresh(name, https),
		device: cookiename.Device(name, https), https: https,
	}
}

// brought is which of our cookies came, and how often each.
type brought struct {
	access, refresh, device int
	token                   []byte // the access token as it came; only while the request is looked at
}

// session reports whether there is anything that another site's page could misuse: a device cookie alone lets nobody in.
func (n brought) session() bool { return n.access > 0 || n.refresh > 0 }

func (n brought) doubled() bool { return n.access > 1 || n.refresh > 1 || n.device > 1 }

// pairs are the names of all cookies of a request, each with its name=value.
func pairs(raw []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, pair []byte) bool) {
		for value := range headerValues(raw, fiber.HeaderCookie) {
			for pair := range bytes.SplitSeq(value, []byte(";")) {
				pair = trim(pair)
				name, _, _ := bytes.Cut(pair, []byte("="))
				if len(pair) > 0 && !yield(trim(name), pair) {
					return
				}
			}
		}
	}
}

// find looks for them in the header lines.
func (k cookies) find(raw []byte) brought {
	var n brought
	for name, pair := range pairs(raw) {
		switch string(name) { // compared without a copy
		case k.access:
			n.access++
			n.token = cookieValue(pair)
		case k.refresh:
			n.refresh++
		case k.device:
			n.device++
		}
	}
	return n
}

// isOurs reports whether the cookie of this name is not for the upstream: the access token goes in another header or not at
// all, the others only to upstreams that are trusted with it too.
func (k cookies) isOurs(name []byte, trusted bool) bool {
	return string(name) == k.access || (string(name) == k.refresh || string(name) == k.device) && !trusted
}

// cookieValue is what is behind the name, without the quotes that some put around it (RFC 6265 §4.1.1).
func cookieValue(pair []byte) []byte {
	_, value, _ := bytes.Cut(pair, []byte("="))
	value = trim(value)
	if n := len(value); n > 1 && value[0] == '"' && value[n-1] == '"' {
		return value[1 : n-1]
	}
	return value
}

// singleCookies refuses two cookies of one name: one of them was put there by someone else, and nobody can tell which.
func (e *Edge) singleCookies(v *visit) error {
	if v.cookies = e.cookies.find(v.Request().Header.RawHeaders()); v.cookies.doubled() {
		e.cookies.clear(v.Ctx)
		return fault.New(fault.Invalid, "The request has two session cookies of one name. Please sign in again.")
	}
	return nil
}

// clear makes the browser forget our cookies, on our paths and, as a sibling may have set them, for every domain above.
func (k cookies) clear(c *fiber.Ctx) {
	for _, name := range []string{k.access, k.refresh, k.device} {
		for _, path := range []string{"/", cookiename.RefreshPath} {
			for _, domain := range domains(string(c.Request().Header.Host())) {
				c.Response().Header.Add(fiber.HeaderSetCookie, k.expired(name, path, domain))
			}
		}
	}
}

func (k cookies) expired(name, path, domain string) string {
	cookie := name + "=; Path=" + path + "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax"
	if domain != "" {
		cookie += "; Domain=" + domain
	}
	if k.https {
		cookie += "; Secure"
	}
	return cookie
}

// domains are those a cookie that reached the host may be set for: none, which means the host alone; the host; and all
// above it that have a dot.
func domains(host string) []string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	all := []string{""}
	for net.ParseIP(strings.Trim(host, "[]")) == nil && strings.Contains(host, ".") && len(all) < 5 {
		all = append(all, host)
		_, host, _ = strings.Cut(host, ".")
	}
	return all
}
