package edge

import (
	"io/fs"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/gateway/internal/site"
	"gatehouse/internal/fault"
)

var pageMethods = []string{http.MethodGet, http.MethodHead}

// pages are the frontend.
type pages = site.Site

func loadPages(files fs.FS) (*pages, error) { return site.Load(files) }

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
		c.Status(fiber.StatusNotFound)
		sendWhole(c, e.pages.NotFound, chosen(c, e.pages.NotFound))
		return nil
	case f == nil:
		return nothingHere()
	case !reads && isPerson(c, v.path): // a form was sent before its script was there
		return c.Redirect(v.path, fiber.StatusSeeOther)
	case !reads:
		return notAllowed(c, pageMethods)
	}
	return sendFile(c, f)
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

// sendFile answers a GET or HEAD in the order of RFC 9110 §13.2.2.
func sendFile(c *fiber.Ctx, f *site.File) error {
	r := chosen(c, f)
	if wanted := c.Get(fiber.HeaderIfMatch); wanted != "" && !matches(wanted, r.ETag, strongly) {
		return fault.New(fault.PreconditionFailed, "The file is not the one that was asked for.")
	}
	if matches(c.Get(fiber.HeaderIfNoneMatch), r.ETag, weakly) {
		setValidators(c, f, r)
		c.Status(fiber.StatusNotModified)
		return nil
	}
	if wanted := c.Get(fiber.HeaderRange); wanted != "" && c.Method() == http.MethodGet {
		return sendRange(c, f, r, wanted)
	}
	sendWhole(c, f, r)
	return nil
}

func sendWhole(c *fiber.Ctx, f *site.File, r *site.Representation) {
	setContent(c, f, r)
	c.Response().SetBodyRaw(r.Body)
}

// setContent sets the headers of what has content.
func setContent(c *fiber.Ctx, f *site.File, r *site.Representation) {
	setValidators(c, f, r)
	c.Set(fiber.HeaderContentType, f.Type)
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	if r.Encoding != "" {
		c.Set(fiber.HeaderContentEncoding, r.Encoding)
	}
}

// Browsers may keep a page, and must ask each time whether it has changed. What has a lasting address they need not ask for
// again within a year, the longest that RFC 9111 means by a freshness lifetime.
const (
	askEachTime = "no-cache"
	keep        = "public, max-age=31536000, immutable"
)

// setValidators sets the headers that a 304 has as well.
func setValidators(c *fiber.Ctx, f *site.File, r *site.Representation) {
	c.Set(fiber.HeaderETag, r.ETag)
	if f.Negotiated() {
		c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	}
	if f.Lasting {
		c.Set(fiber.HeaderCacheControl, keep)
	} else {
		c.Set(fiber.HeaderCacheControl, askEachTime)
	}
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
}
