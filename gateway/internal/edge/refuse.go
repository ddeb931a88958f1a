package edge

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"gatehouse/gateway/internal/route"
	"gatehouse/internal/httpserver"
)

// refuse is the server's error handler. A request that the server refused by itself, such as one with too large a body,
// has not been through the chain: its refusal is dressed and logged here.
func (e *Edge) refuse(c *fiber.Ctx, err error) error {
	if visitOf(c) != nil {
		return httpserver.Refuse(c, err)
	}
	if errors.Is(err, fiber.ErrMethodNotAllowed) {
		e.allowed(c)
	}
	if err := httpserver.Refuse(c, err); err != nil {
		return err
	}
	e.dress(c, httpserver.RequestID(c))
	nothingSent := len(c.Request().Header.RawHeaders()) == 0 && c.Response().StatusCode() == fiber.StatusRequestTimeout
	if !nothingSent { // browsers open connections ahead of need
		took := httpserver.RecordOf(c).End(c, e.Log)
		e.Traffic.Route(nothingName).Count(c.Method(), c.Response().StatusCode(), took)
	}
	return nil
}

// allowed names the methods of the path in a refusal of one that nobody has heard of.
func (e *Edge) allowed(c *fiber.Ctx) {
	path, _, err := route.Canonical(string(c.Request().Header.RequestURI()))
	if err != nil {
		return
	}
	if methods := e.methods(&visit{path: path, entries: e.table.Load().At(path)}); len(methods) > 0 {
		httpserver.Allow(c, methods)
	}
}
