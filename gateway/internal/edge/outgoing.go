package edge

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/gateway/internal/route"
	"gatehouse/internal/httpserver"
)

// never are the request headers, in lower case, that no upstream gets from a client: those of the connection (RFC 9110
// §7.6.1), what the gateway has dealt with already, and what it sets itself.
var never = []string{
	"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect", "content-length", "host",
	"cookie", "forwarded", "x-real-ip", "x-request-id", "x-session-id",
}

// neverPrefixes are the families of headers by which an upstream may be told who calls: only the gateway may.
var neverPrefixes = []string{"proxy-", "x-user-", "x-auth-", "x-gatehouse-", "x-forwarded-"}

// fill makes the request for the upstream: what the client sent and may send, then what the gateway says.
func (e *Edge) fill(out *fasthttp.Request, c *fiber.Ctx, v *visit) {
	in := c.Request()
	out.Header.SetNoDefaultContentType(true)
	out.Header.SetMethodBytes(in.Header.Method())
	out.URI().SetQueryString(v.query)
	out.SetBodyRaw(in.Body())
	copyHeader(&out.Header, &in.Header, v.route.Forward == route.ForwardNone)
	if kept := e.cookies.forUpstream(in.Header.RawHeaders(), v.route.Forward == route.ForwardToken); len(kept) > 0 {
		out.Header.SetBytesV(fiber.HeaderCookie, kept)
	}
	out.Header.Set(fiber.HeaderXForwardedFor, v.client)
	out.Header.Set("X-Real-Ip", v.client)
	out.Header.Set(fiber.HeaderXForwardedProto, e.PublicURL.Scheme)
	out.Header.SetBytesV(fiber.HeaderXForwardedHost, in.Header.Host())
	out.Header.Set(fiber.HeaderXRequestID, httpserver.RequestID(c))
	setPath(out, v)
	e.identify(&out.Header, c, v)
}

// copyHeader copies what may pass. What the client's Connection header names goes first, so that it cannot take away what
// is set afterwards.
func copyHeader(out, in *fasthttp.RequestHeader, authorization bool) {
	var named []string
	for _, value := range in.PeekAll(fiber.HeaderConnection) {
		named = append(named, tokens(value)...)
	}
	var room [64]byte // for names in lower case, without an allocation
	for key, value := range in.All() {
		name := appendLower(room[:0], key)
		if mayPass(name) && !contains(named, name) && (authorization || string(name) != "authorization") {
			out.AddBytesKV(key, value)
		}
	}
}

// mayPass takes names of letters, digits and hyphens alone: some servers read X_User_Id or X.User.Id as X-User-Id.
func mayPass(name []byte) bool {
	for _, b := range name {
		if b != '-' && (b < 'a' || b > 'z') && (b < '0' || b > '9') {
			return false
		}
	}
	for _, prefix := range neverPrefixes {
		if len(name) >= len(prefix) && string(name[:len(prefix)]) == prefix {
			return false
		}
	}
	return !contains(never, name)
}

func contains(list []string, name []byte) bool {
	for _, item := range list {
		if item == string(name) { // compared without a copy
			return true
		}
	}
	return false
}

func appendLower(to, name []byte) []byte {
	for _, b := range name {
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		to = append(to, b)
	}
	return to
}

// tokens are the items of a comma-separated list, in lower case.
func tokens(value []byte) []string {
	list := strings.Split(strings.ToLower(string(value)), ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// identify tells the upstream who calls, in the way that the route wants. On a public route the token is passed on as it
// came: the upstream verifies it, here as everywhere.
func (e *Edge) identify(out *fasthttp.RequestHeader, c *fiber.Ctx, v *visit) {
	switch v.route.Forward {
	case route.ForwardToken:
		if raw := c.Request().Header.Cookie(e.cookies.access); len(raw) > 0 {
			out.Set(fiber.HeaderAuthorization, "Bearer "+string(raw))
		}
	case route.ForwardAssertion:
		out.Set(AssertionHeader, v.assertion)
	case route.ForwardIdentity:
		out.Set("X-User-Id", v.principal.Subject)
		out.Set("X-User-Uid", v.principal.UID)
		out.Set("X-User-Role", v.principal.Role)
		out.Set("X-Session-Id", v.principal.SessionID)
	}
}
