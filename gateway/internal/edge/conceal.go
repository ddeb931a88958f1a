package edge

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// telling are the headers by which a service says what it is made of.
var telling = []string{fiber.HeaderServer, fiber.HeaderXPoweredBy, "X-AspNet-Version", "X-AspNetMvc-Version"}

// conceal takes off an answer what says how things are inside: the service's software, its own words for the status, and
// its address, which many put before the path when they redirect.
func conceal(h *fasthttp.ResponseHeader, upstream string) {
	for _, name := range telling {
		h.Del(name)
	}
	h.SetStatusMessage(nil)
	for _, name := range []string{fiber.HeaderLocation, fiber.HeaderContentLocation} {
		at := string(h.Peek(name))
		if rest, inside := strings.CutPrefix(at, upstream); inside && (rest == "" || strings.ContainsRune("/?#", rune(rest[0]))) {
			h.Set(name, "/"+strings.TrimLeft(rest, "/"))
		}
	}
}
