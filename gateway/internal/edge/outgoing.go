package edge

import (
	"slices"
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
	out.URI().SetPath(v.path)
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
	e.identify(&out.Header, c, v)
}

// copyHeader copies what may pass. What the client's Connection header names goes first, so that it cannot take away what
// is set afterwards.
func copyHeader(out, in *fasthttp.RequestHeader, authorization bool) {
	dropped := append([]string(nil), never...)
	if !authorization {
		dropped = append(dropped, "authorization")
	}
	for _, value := range in.PeekAll(fiber.HeaderConnection) {
		dropped = append(dropped, tokens(value)...)
	}
	for key, value := range in.All() {
		if mayPass(strings.ToLower(string(key)), dropped) {
			out.AddBytesKV(key, value)
		}
	}
}

// mayPass takes names of letters, digits and hyphens alone: some servers read X_User_Id or X.User.Id as X-User-Id.
func mayPass(name string, dropped []string) bool {
	for i := range len(name) {
		if b := name[i]; b != '-' && (b < 'a' || b > 'z') && (b < '0' || b > '9') {
			return false
		}
	}
	return !slices.Contains(dropped, name) &&
		!slices.ContainsFunc(neverPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
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
	case route.ForwardIdentity:
		out.Set("X-User-Id", v.principal.Subject)
		out.Set("X-User-Uid", v.principal.UID)
		out.Set("X-User-Role", v.principal.Role)
		out.Set("X-Session-Id", v.principal.SessionID)
	}
}
