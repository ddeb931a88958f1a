package edge

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
)

var pageMethods = []string{http.MethodGet, http.MethodHead}

const notFoundPage = "404.html"

// file is a file of the frontend, ready to send.
type file struct {
	body        []byte
	contentType string
	etag        string
}

// pages are the files of the frontend by their path in the browser, read once.
type pages struct {
	files    map[string]*file
	notFound *file // nil when the frontend has none
}

// loadPages reads all files: index.html is /, signup.html is /signup, all others are where they lie.
func loadPages(files fs.FS) (*pages, error) {
	p := &pages{files: make(map[string]*file)}
	return p, fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		digest := sha256.Sum256(body)
		f := &file{body: body, contentType: contentType(name), etag: `"` + hex.EncodeToString(digest[:16]) + `"`}
		if name == notFoundPage {
			p.notFound = f
			return nil
		}
		p.files[address(name)] = f
		return nil
	})
}

func address(name string) string {
	clean, isPage := strings.CutSuffix("/"+name, ".html")
	if isPage && path.Base(clean) == "index" {
		return strings.TrimSuffix(clean, "index")
	}
	return clean
}

// contentType does not ask the machine's own table, which differs from one to the next.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".html", ".css":
		return "text/" + ext[1:] + "; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".ico":
		return "image/x-icon"
	case ".webmanifest":
		return "application/manifest+json"
	default:
		if known := mime.TypeByExtension(ext); known != "" {
			return known
		}
		return fiber.MIMEOctetStream
	}
}

func (p *pages) at(path string) *file { return p.files[path] }

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
	f := e.pages.at(v.path)
	switch reads := c.Method() == http.MethodGet || c.Method() == http.MethodHead; {
	case f == nil && reads && e.pages.notFound != nil && isPerson(c, v.path):
		return send(c.Status(fiber.StatusNotFound), e.pages.notFound)
	case f == nil:
		return nothingHere()
	case !reads && isPerson(c, v.path): // a form was sent before its script was there
		return c.Redirect(v.path, fiber.StatusSeeOther)
	case !reads:
		return notAllowed(c, pageMethods)
	}
	c.Set(fiber.HeaderETag, f.etag)
	if matches(c.Get(fiber.HeaderIfNoneMatch), f.etag) {
		setPageHeaders(c)
		return c.SendStatus(fiber.StatusNotModified)
	}
	return send(c, f)
}

// isPerson tells someone who looks at a page from a program that reads the envelope.
func isPerson(c *fiber.Ctx, path string) bool {
	return strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMETextHTML) && !strings.HasPrefix(path, "/api/")
}

func nothingHere() error { return fault.New(fault.NotFound, "There is nothing at this address.") }

func send(c *fiber.Ctx, f *file) error {
	setPageHeaders(c)
	c.Set(fiber.HeaderContentType, f.contentType)
	c.Response().SetBodyRaw(f.body)
	return nil
}

// setPageHeaders lets browsers keep a file but ask each time whether it has changed.
func setPageHeaders(c *fiber.Ctx) {
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// matches is If-None-Match (RFC 9110 §13.1.2), which compares weakly.
func matches(header, etag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == etag {
			return true
		}
	}
	return false
}
