package edge

import (
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// forward is the end of the chain: the upstream answers.
func (e *Edge) forward(v *visit) error {
	e.fill(v)
	if wantsTunnel(v) {
		v.out.Upgrade = webSocket
	}
	resp := v.Response()
	resp.Header.SetNoDefaultContentType(true)
	addr, err := e.Upstreams.Forward(v.route.Upstream, &v.out, resp, v.route.Timeout)
	if addr != "" {
		v.record.Note("upstream", addr)
	}
	if v.upload.err != nil {
		resp.Reset()
		return v.interrupted()
	}
	if err != nil {
		return err
	}
	dropHopByHop(&resp.Header)
	if v.out.Tunnel != nil {
		return e.openTunnel(v)
	}
	if err := e.watch(v); err != nil {
		resp.Reset() // what the upstream said is for nobody
		return err
	}
	return errAnswered
}

// hopByHop is what an upstream says about its connection to us, not to the client (RFC 9110 §7.6.1).
var hopByHop = newNames(fiber.HeaderConnection, fiber.HeaderKeepAlive, "Proxy-Authenticate", "Proxy-Authentication-Info",
	"Proxy-Connection", fiber.HeaderTE, fiber.HeaderUpgrade)

func dropHopByHop(h *fasthttp.ResponseHeader) {
	var named []string
	for _, value := range h.PeekAll(fiber.HeaderConnection) {
		named = append(named, tokens(value)...)
	}
	h.ResetConnectionClose()
	hopByHop.dropFrom(h)
	for _, name := range named {
		h.Del(name)
	}
}
