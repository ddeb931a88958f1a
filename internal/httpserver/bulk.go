package httpserver

import (
	"bytes"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/internal/fault"
)

// Bulk is the one call of a server whose body may be larger than that of all others.
type Bulk struct {
	Method string
	Path   string
	Limit  int // bytes
	// May reports whether a caller with this bearer token may send so much. It is asked before the body is read, so that
	// nobody else can fill the memory.
	May func(bearer string) bool
}

// limit tells the server how much body to read, once it has the header.
func (b *Bulk) limit(h *fasthttp.RequestHeader) (config fasthttp.RequestConfig) {
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	if string(h.Method()) != b.Method || string(path) != b.Path || h.ContentLength() == 0 {
		return config
	}
	if b.May(bearer(string(h.Peek(fiber.HeaderAuthorization)))) {
		config.MaxRequestBodySize = b.Limit
	}
	return config
}

// TakeBody takes the body out of the request: it may be read after the answer has begun, and the connection does not keep
// it for the next request. It must be of one of the media types, and gives which; an empty one need not say. What is no
// UTF-8, or is JSON and nested too deep, is Invalid; another type is UnsupportedMediaType.
func TakeBody(c *fiber.Ctx, types ...string) (body []byte, kind string, err error) {
	body = c.Request().SwapBody(nil)
	if len(body) == 0 {
		return nil, types[0], nil
	}
	kind, _, err = mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || !slices.Contains(types, kind) || c.Get(fiber.HeaderContentEncoding) != "" {
		return nil, "", fault.New(fault.UnsupportedMediaType, "The request body must be %s.", strings.Join(types, " or "))
	}
	return body, kind, checkText(body, kind)
}

// checkText finds what no reader of the body should meet.
func checkText(body []byte, kind string) error {
	if !utf8.Valid(body) {
		return fault.New(fault.Invalid, "The request body is not valid UTF-8.")
	}
	if kind == fiber.MIMEApplicationJSON && depth(body) > maxDepth {
		return fault.New(fault.Invalid, "The request body is nested too deep.")
	}
	return nil
}
