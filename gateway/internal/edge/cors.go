package edge

import (
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
)

// What a page of an allowed origin may send, see, and remember of a preflight (seconds).
const (
	corsAllowHeaders  = "Content-Type, X-Origin"
	corsExposeHeaders = "Link, Retry-After, X-Request-Id"
	corsMaxAge        = "600"
)

// setCORS lets a page of an allowed origin read the answer, refusals included.
func (e *Edge) setCORS(c *fiber.Ctx) {
	h := &c.Response().Header
	if len(e.origins.allowed) == 0 {
		return
	}
	c.Vary(fiber.HeaderOrigin)
	if origin := c.Get(fiber.HeaderOrigin); e.origins.allows(origin) {
		h.Set(fiber.HeaderAccessControlAllowOrigin, origin)
		h.Set(fiber.HeaderAccessControlAllowCredentials, "true")
		h.Set(fiber.HeaderAccessControlExposeHeaders, corsExposeHeaders)
	}
}

// preflight answers the browser's question whether a page of another origin may make a call (Fetch standard §3.2.2).
func (e *Edge) preflight(v *visit) error {
	if v.Method() != http.MethodOptions {
		return nil
	}
	origin := v.Get(fiber.HeaderOrigin)
	if origin == "" || v.Get(fiber.HeaderAccessControlRequestMethod) == "" {
		return nil
	}
	if !e.origins.allows(origin) {
		return foreign()
	}
	methods := e.methods(v)
	if len(methods) == 0 {
		return nothingHere()
	}
	v.Set(fiber.HeaderAccessControlAllowMethods, strings.Join(methods, ", "))
	v.Set(fiber.HeaderAccessControlAllowHeaders, corsAllowHeaders)
	v.Set(fiber.HeaderAccessControlMaxAge, corsMaxAge)
	v.Status(fiber.StatusNoContent)
	return errAnswered
}

// methods are those of the path, be it routes or a page.
func (e *Edge) methods(v *visit) []string {
	if len(v.entries) == 0 && e.pages.At(v.path) != nil {
		return pageMethods
	}
	return v.entries.Methods()
}

func foreign() error {
	return fault.New(fault.Forbidden, "The request comes from a page that is not allowed here.")
}
