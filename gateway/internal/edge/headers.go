package edge

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// securityHeaders are on every answer. The policy lets a page load scripts, styles and images from the gateway alone, and
// no inline script.
var securityHeaders = [][2]string{
	{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "same-origin"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
}

// A year, the least that the lists of browsers take (hstspreload.org).
const strictTransport = "max-age=31536000"

// dress sets the headers that every answer has.
func (e *Edge) dress(c *fiber.Ctx) {
	h := &c.Response().Header
	for _, pair := range securityHeaders {
		h.Del(pair[0]) // Set replaces the first of several, and browsers follow the last
		h.Set(pair[0], pair[1])
	}
	h.Del(fiber.HeaderStrictTransportSecurity)
	if e.cookies.https {
		h.Set(fiber.HeaderStrictTransportSecurity, strictTransport)
	}
	if len(h.Peek(fiber.HeaderCacheControl)) == 0 && isPersonal(c) {
		h.Set(fiber.HeaderCacheControl, "no-store")
	}
	e.setCORS(c)
}

// isPersonal reports whether an answer may be for one caller alone: any call of the API, and whatever wants a session.
func isPersonal(c *fiber.Ctx) bool {
	v := visitOf(c)
	if v == nil || v.path == "" {
		return strings.HasPrefix(c.Path(), "/api/")
	}
	return strings.HasPrefix(v.path, "/api/") || v.route != nil && v.route.Access.Session
}
