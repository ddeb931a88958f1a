package edge

import (
	"errors"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
)

var (
	errSwitched = errors.New("the upstream switched protocols unasked")
	errStatus   = errors.New("the upstream gave a status that there is not")
)

// maxStatus is the last of RFC 9110 §15.
const maxStatus = 599

// forward is the end of the chain: the upstream answers.
func (e *Edge) forward(c *fiber.Ctx) error {
	v := visitOf(c)
	out := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(out)
	e.fill(out, c, v)
	resp := c.Response()
	resp.Header.SetNoDefaultContentType(true)
	addr, err := e.Upstreams.Forward(v.route.Upstream, out, resp, v.route.Timeout)
	if addr != "" {
		httpserver.Note(c, "upstream", addr)
	}
	if err != nil {
		return err
	}
	if resp.StatusCode() < fiber.StatusOK {
		resp.Reset()
		return fault.Garbled(errSwitched)
	}
	if resp.StatusCode() > maxStatus {
		resp.Reset()
		return fault.Garbled(errStatus)
	}
	dropHopByHop(&resp.Header)
	conceal(&resp.Header, v.route.Upstream)
	if err := e.watch(c); err != nil {
		resp.Reset() // what the upstream said is for nobody
		return err
	}
	return nil
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
