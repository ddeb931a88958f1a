package edge

import (
	"errors"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/internal/fault"
)

var errSwitched = errors.New("the upstream switched protocols unasked")

// forward is the end of the chain: the upstream answers.
func (e *Edge) forward(v *visit) error {
	out := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(out)
	e.fill(out, v)
	resp := v.Response()
	resp.Header.SetNoDefaultContentType(true)
	addr, err := e.Upstreams.Forward(v.route.Upstream, out, resp, v.route.Timeout)
	if addr != "" {
		v.record.Note("upstream", addr)
	}
	if err != nil {
		return err
	}
	if resp.StatusCode() < fiber.StatusOK {
		resp.Reset()
		return fault.Garbled(errSwitched)
	}
	dropHopByHop(&resp.Header)
	if err := e.watch(v); err != nil {
		resp.Reset() // what the upstream said is for nobody
		return err
	}
	return errAnswered
}

// dropHopByHop removes what the upstream said about its connection to us, not to the client (RFC 9110 §7.6.1).
func dropHopByHop(h *fasthttp.ResponseHeader) {
	var named []string
	for _, value := range h.PeekAll(fiber.HeaderConnection) {
		named = append(named, tokens(value)...)
	}
	h.ResetConnectionClose()
	h.Del(fiber.HeaderConnection)
	for _, name := range named {
		h.Del(name)
	}
	for _, name := range []string{
		fiber.HeaderKeepAlive, "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Connection", fiber.HeaderTE,
		fiber.HeaderTrailer, fiber.HeaderUpgrade,
	} {
		h.Del(name)
	}
}
