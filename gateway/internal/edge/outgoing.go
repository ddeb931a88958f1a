package edge

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
	"github.com/valyala/fasthttp"

	"gatehouse/gateway/internal/route"
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
func (e *Edge) fill(v *visit) {
	in := v.Request()
	v.out.Method, v.out.Target = v.Method(), v.target()
	v.out.Reader, v.out.Patience = v.Context().Conn(), writeTimeout
	h := header(v.out.Header)
	raw := in.Header.RawHeaders()
	h.copy(raw, named(&in.Header), v.route.Forward == route.ForwardNone)
	h.cookies(raw, &e.cookies, v.route.Forward == route.ForwardToken)
	h.set(fiber.HeaderXForwardedFor, v.client)
	h.set("X-Real-Ip", v.client)
	h.set(fiber.HeaderXForwardedProto, e.PublicURL.Scheme)
	h.set(fiber.HeaderXForwardedHost, utils.UnsafeString(in.Header.Host()))
	h.set(fiber.HeaderXRequestID, v.record.ID)
	e.identify(&h, v)
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
	case route.ForwardIdentity:
		h.set("X-User-Id", v.principal.Subject)
		h.set("X-User-Uid", v.principal.UID)
		h.set("X-User-Role", v.principal.Role)
		h.set("X-Session-Id", v.principal.SessionID)
	}
}

// header are the lines of a request header.
type header []byte

// add adds a line as it came: the server has refused what would end it early.
func (h *header) add(name, value []byte) {
	line := append(append(*h, name...), ": "...)
	*h = append(append(line, value...), "\r\n"...)
}

// set adds a line of our own. What would end it early is written as a space.
func (h *header) set(name string, value ...string) {
	line := append(append(*h, name...), ": "...)
	from := len(line)
	for _, part := range value {
		line = append(line, part...)
	}
	for i, b := range line[from:] {
		if b < ' ' && b != '\t' || b == 0x7f {
			line[from+i] = ' '
		}
	}
	*h = append(line, "\r\n"...)
}

// copy adds what may pass. What the client's Connection header names goes first, so that it cannot take away what is set
// afterwards.
func (h *header) copy(raw []byte, named []string, authorization bool) {
	var room [64]byte // for names in lower case, without an allocation
	for name, value := range headerLines(raw) {
		lower := appendLower(room[:0], name)
		if mayPass(lower) && !contains(named, lower) && (authorization || string(lower) != "authorization") {
			h.add(name, value)
		}
	}
}

// cookies adds those that are not ours, in one line.
func (h *header) cookies(raw []byte, k *cookies, trusted bool) {
	before := len(*h)
	*h = append(*h, "Cookie: "...)
	first := len(*h)
	for name, pair := range pairs(raw) {
		if k.isOurs(name, trusted) {
			continue
		}
		if len(*h) > first {
			*h = append(*h, "; "...)
		}
		*h = append(*h, pair...)
	}
	if len(*h) == first {
		*h = (*h)[:before]
		return
	}
	*h = append(*h, "\r\n"...)
}

// named are the headers that are for the connection alone, as the client says.
func named(in *fasthttp.RequestHeader) []string {
	var all []string
	for _, value := range in.PeekAll(fiber.HeaderConnection) {
		all = append(all, tokens(value)...)
	}
	return all
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
