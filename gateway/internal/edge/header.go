package edge

import (
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/internal/principal"
)

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

// identify adds the lines that say who calls.
func (h *header) identify(p *principal.Principal) {
	h.set("X-User-Id", p.Subject)
	h.set("X-User-Uid", p.UID)
	h.set("X-User-Role", p.Role)
	h.set("X-Session-Id", p.SessionID)
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
