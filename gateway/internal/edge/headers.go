package edge

import (
	"bytes"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// documentHeaders are on whatever a browser may show as a page. The policy lets a page load scripts, styles and images from
// the gateway alone, and no inline script.
var documentHeaders = [][2]string{
	{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "same-origin"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
}

// dataHeaders are on what is no page: there is nothing in it that could be loaded, run or framed.
var dataHeaders = [][2]string{
	{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
}

// data are the types that are no page. With nosniff a browser takes them for nothing else.
var data = [][]byte{
	[]byte("application/json"), []byte("application/x-ndjson"), []byte("text/css"), []byte("text/event-stream"), []byte("text/javascript"),
}

func headersFor(contentType []byte) [][2]string {
	for _, each := range data {
		if bytes.HasPrefix(contentType, each) {
			return dataHeaders
		}
	}
	return documentHeaders
}

// A year, the least that the lists of browsers take (hstspreload.org).
const strictTransport = "max-age=31536000"

// ours are the headers of an answer that the gateway alone decides about: what an upstream says of them is dropped.
var ours = newNames(fiber.HeaderStrictTransportSecurity, fiber.HeaderAccessControlAllowOrigin,
	fiber.HeaderAccessControlAllowCredentials, fiber.HeaderAccessControlExposeHeaders, fiber.HeaderXRequestID)

func init() {
	for _, pair := range documentHeaders {
		ours.add(pair[0])
	}
}

// dress sets the headers that every answer has.
func (e *Edge) dress(c *fiber.Ctx, id string) {
	h := &c.Response().Header
	ours.dropFrom(h)
	for _, pair := range headersFor(h.ContentType()) {
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
