package edge

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// inside is what an upstream says that is not for the client: about its connection to us (RFC 9110 §7.6.1), and what it is
// made of.
var inside = newNames(fiber.HeaderConnection, fiber.HeaderKeepAlive, "Proxy-Authenticate", "Proxy-Authentication-Info",
	"Proxy-Connection", fiber.HeaderTE, fiber.HeaderUpgrade,
	fiber.HeaderServer, fiber.HeaderXPoweredBy, "X-AspNet-Version", "X-AspNetMvc-Version")

// conceal takes it off an answer, with the upstream's own words for the status, and its address, which many put before the
// path when they redirect.
func conceal(h *fasthttp.ResponseHeader, upstream string) {
	var named []string
	for _, value := range h.PeekAll(fiber.HeaderConnection) {
		named = append(named, tokens(value)...)
	}
	h.ResetConnectionClose()
	inside.dropFrom(h)
	for _, name := range named {
		h.Del(name)
	}
	h.SetStatusMessage(nil)
	for _, name := range [...]string{fiber.HeaderLocation, fiber.HeaderContentLocation} {
		at := h.Peek(name)
		if len(at) == 0 {
			continue
		}
		rest, inside := strings.CutPrefix(string(at), upstream)
		if inside && (rest == "" || strings.ContainsRune("/?#", rune(rest[0]))) {
			h.Set(name, "/"+strings.TrimLeft(rest, "/"))
		}
	}
}
