package edge

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/gateway/internal/route"
	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
)

// locate finds the routes of the path. From here on the canonical path is the only one there is.
func (e *Edge) locate(v *visit) error {
	var err error
	if v.path, v.query, err = route.Canonical(string(v.Request().Header.RequestURI())); err != nil {
		return notUnderstood(v.Ctx, err)
	}
	v.entries = e.table.Load().At(v.path)
	return nil
}

// choose takes the route for the method.
func (e *Edge) choose(v *visit) error {
	if v.route = v.entries.For(v.Method()); v.route == nil {
		return notAllowed(v.Ctx, v.entries.Methods())
	}
	v.record.Note("route", v.route.Path)
	return nil
}

func notAllowed(c *fiber.Ctx, methods []string) error {
	httpserver.Allow(c, methods)
	return fault.New(fault.MethodNotAllowed, "This method is not allowed here.")
}
