package edge

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"gatehouse/gateway/internal/route"
	"gatehouse/internal/tracing"
)

// never are the request headers, in lower case, that no upstream gets from a client: those of the connection (RFC 9110
// §7.6.1), what the gateway has dealt with already, and what it sets itself.
var never = set(
	"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect", "content-length", "host",
	"cookie", "forwarded", "x-real-ip", "x-request-id", "x-session-id",
	tracing.Header, "tracestate", "baggage", // whoever sets them decides what is kept of a trace
	// Names under which proxies and content networks tell the client's address, and libraries believe it.
	"client-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "cf-connecting-ipv6", "fastly-client-ip",
	"x-cluster-client-ip", "x-originating-ip", "x-forwarded", "forwarded-for", "x-host", "x-method-override",
)

func set(names ...string) map[string]bool {
	s := make(map[string]bool, len(names))
	for _, name := range names {
		s[name] = true
	}
	return s
}

// neverPrefixes are the families of headers by which an upstream may be told who calls, or that another path or method is
// meant than the one that was allowed here: only the gateway may.
var neverPrefixes = []string{
	"proxy-", "x-user-", "x-auth-", "x-gatehouse-", "x-forwarded-", "remote-", "x-remote-", "x-webauth-", "x-authenticated-",
	"x-ssl-client-", "ssl-client-", "x-original-", "x-rewrite-", "x-http-method",
}

// fill makes the request for the upstream: what the client sent and may send, then what the gateway says.
func (e *Edge) fill(v *visit) {
	in := v.Request()
	v.out.Method, v.out.Target = v.Method(), v.target()
	v.out.Reader, v.out.Patience = v.Context().Conn(), writeTimeout
	h := header(v.out.Header)
	raw := in.Header.RawHeaders()
	h.copy(raw, named(&in.Header), v.route.Forward == route.ForwardNone)
	h.set(fiber.HeaderXForwardedFor, v.client)
	h.set("X-Real-Ip", v.client)
	h.set(fiber.HeaderXForwardedProto, e.PublicURL.Scheme)
	h.set(fiber.HeaderXForwardedHost, utils.UnsafeString(in.Header.Host()))
	h.set(fiber.HeaderXRequestID, v.record.ID)
	if v.span != nil {
		h.set(tracing.Header, tracing.Parent(v.traced))
	}
	if v.route.StripPrefix {
		h.set("X-Forwarded-Prefix", v.route.Path[:len(v.route.Path)-1])
	}
	e.identify(&h, v)
	h.cookies(raw, &e.cookies, v.route.Forward == route.ForwardToken)
	v.out.Header = h
}

// identify tells the upstream who calls, in the way that the route wants. On a public route the token is passed on as it
// came: the upstream verifies it, here as everywhere.
func (e *Edge) identify(h *header, v *visit) {
	switch v.route.Forward {
	case route.ForwardToken:
		if len(v.cookies.token) > 0 {
			h.set(fiber.HeaderAuthorization, "Bearer ", utils.UnsafeString(v.cookies.token))
		}
	case route.ForwardAssertion:
		h.set(AssertionHeader, v.assertion)
	case route.ForwardIdentity:
		*h = append(*h, v.verified.identity...)
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
	return !never[string(name)] // looked up without a copy
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
