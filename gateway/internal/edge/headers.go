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

// ours are the headers of an answer that the gateway alone decides about: what an upstream says of them is dropped.
var ours = newNames(fiber.HeaderStrictTransportSecurity, fiber.HeaderAccessControlAllowOrigin,
	fiber.HeaderAccessControlAllowCredentials, fiber.HeaderAccessControlExposeHeaders, fiber.HeaderXRequestID)

func init() {
	for _, pair := range securityHeaders {
		ours.add(pair[0])
	}
}

// dress sets the headers that every answer has.
func (e *Edge) dress(c *fiber.Ctx, id string) {
	h := &c.Response().Header
	ours.dropFrom(h)
	for _, pair := range securityHeaders {
		h.Add(pair[0], pair[1])
	}
	if e.cookies.https {
		h.Add(fiber.HeaderStrictTransportSecurity, strictTransport)
	}
	if isPersonal(c) && len(h.Peek(fiber.HeaderCacheControl)) == 0 {
		h.Add(fiber.HeaderCacheControl, "no-store")
	}
	e.setCORS(c)
	h.Add(fiber.HeaderXRequestID, id)
}

// isPersonal reports whether an answer may be for one caller alone: any call of the API, and whatever wants a session.
func isPersonal(c *fiber.Ctx) bool {
	v := visitOf(c)
	if v == nil || v.path == "" {
		return strings.HasPrefix(c.Path(), "/api/")
	}
	return strings.HasPrefix(v.path, "/api/") || v.route != nil && v.route.Access.Session
}
