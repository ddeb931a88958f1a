package edge

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/gateway/internal/route"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/principal"
)

// visit is what the chain has found out about a request so far.
type visit struct {
	client    string // address
	path      string // canonical
	query     string
	entries   route.Entries // the routes of the path
	route     *route.Route
	cookies   counted
	verified  *verified            // the token of the caller; nil on public routes
	assertion string               // of the caller to the upstream; empty where the route wants none
	principal *principal.Principal // who may act by it; nil on public routes, and until revocation was looked at
}

const visitKey = "visit"

// visitOf is the visit of the request, or nil when the chain never began because the server refused the request before.
func visitOf(c *fiber.Ctx) *visit {
	v, _ := c.Locals(visitKey).(*visit)
	return v
}

// arrive begins the visit.
func (e *Edge) arrive(c *fiber.Ctx) error {
	client := e.clientAddress(c.Context().RemoteIP(), c.Request().Header.RawHeaders())
	c.Locals(visitKey, &visit{client: client})
	httpserver.SetClient(c, client)
	return c.Next()
}
