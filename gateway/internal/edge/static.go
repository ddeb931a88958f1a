package edge

import (
	"io/fs"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/gateway/internal/site"
	"gatehouse/internal/fault"
)

var pageMethods = []string{http.MethodGet, http.MethodHead}

// pages are the frontend, with the headers of everything that can be sent.
type pages struct {
	*site.Site
	headers map[*site.Representation]*fasthttp.ResponseHeader
}

func loadPages(files fs.FS) (*pages, error) {
	s, err := site.Load(files)
	if err != nil {
		return nil, err
	}
	p := &pages{s, make(map[*site.Representation]*fasthttp.ResponseHeader)}
	for r := range s.Representations() {
		p.headers[r] = headersOf(r)
	}
	return p, nil
}

// page answers what is no route: with a file of the frontend, or with 404.
func (e *Edge) page(v *visit) error {
	if len(v.entries) > 0 {
		return nil
	}
	if err := e.sendPage(v.Ctx, v); err != nil {
		return err
	}
	return errAnswered
}

func (e *Edge) sendPage(c *fiber.Ctx, v *visit) error {
	f := e.pages.At(v.path)
	switch reads := c.Method() == http.MethodGet || c.Method() == http.MethodHead; {
	case f == nil && reads && e.pages.NotFound != nil && isPerson(c, v.path):
		e.pages.sendWhole(c, chosen(c, e.pages.NotFound))
		c.Status(fiber.StatusNotFound)
		return nil
	case f == nil:
		return nothingHere()
	case !reads && isPerson(c, v.path): // a form was sent before its script was there
		return c.Redirect(v.path, fiber.StatusSeeOther)
	case !reads:
		return notAllowed(c, pageMethods)
	}
	return e.pages.send(c, chosen(c, f))
}

// isPerson tells someone who looks at a page from a program that reads the envelope.
func isPerson(c *fiber.Ctx, path string) bool {
	return strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMETextHTML) && !strings.HasPrefix(path, "/api/")
}

func nothingHere() error { return fault.New(fault.NotFound, "There is nothing at this address.") }

// chosen is the representation that the client likes best.
func chosen(c *fiber.Ctx, f *site.File) *site.Representation {
	return f.For(c.Get(fiber.HeaderAcceptEncoding))
}

// send answers a GET or HEAD in the order of RFC 9110 §13.2.2.
func (p *pages) send(c *fiber.Ctx, r *site.Representation) error {
	if wanted := c.Get(fiber.HeaderIfMatch); wanted != "" && !matches(wanted, r.ETag, strongly) {
		return fault.New(fault.PreconditionFailed, "The file is not the one that was asked for.")
	}
	if held := c.Get(fiber.HeaderIfNoneMatch); held != "" && matches(held, r.ETag, weakly) {
		p.sendUnchanged(c, r)
		return nil
	}
	if wanted := c.Get(fiber.HeaderRange); wanted != "" && c.Method() == http.MethodGet {
		return p.sendRange(c, r, wanted)
	}
	p.sendWhole(c, r)
	return nil
}

func (p *pages) sendWhole(c *fiber.Ctx, r *site.Representation) {
	resp := c.Response()
	p.headers[r].CopyTo(&resp.Header)
	resp.SetBodyRaw(r.Body)
}

// sendUnchanged sends those headers that a 304 must have (RFC 9110 §15.4.5).
func (p *pages) sendUnchanged(c *fiber.Ctx, r *site.Representation) {
	h := &c.Response().Header
	p.headers[r].CopyTo(h)
	h.SetContentType("")
	h.SetContentEncoding("")
	h.Del(fiber.HeaderAcceptRanges)
	h.SetStatusCode(fiber.StatusNotModified)
}

// Browsers may keep a page, and must ask each time whether it has changed; what has a lasting address they may use for a
// year without asking.
const (
	askEachTime = "no-cache"
	keep        = "public, max-age=31536000, immutable"
)

// headersOf makes the headers with which a representation is sent. Their names are written as they are here, and those that
// are added later as they are there: it costs nothing to bring them all into one form.
func headersOf(r *site.Representation) *fasthttp.ResponseHeader {
	h := new(fasthttp.ResponseHeader)
	h.DisableNormalizing()
	h.SetContentType(r.Type)
	h.SetContentEncoding(r.Encoding)
	h.Set(fiber.HeaderETag, r.ETag)
	if r.Negotiated() {
		h.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	}
	if r.Lasting {
		h.Set(fiber.HeaderCacheControl, keep)
	} else {
		h.Set(fiber.HeaderCacheControl, askEachTime)
	}
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set(fiber.HeaderAcceptRanges, "bytes")
	return h
}
