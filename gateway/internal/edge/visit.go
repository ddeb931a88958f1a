package edge

import (
	"context"
	"sync"

	"github.com/gofiber/fiber/v2"

	"gatehouse/gateway/internal/route"
	"gatehouse/gateway/internal/upstream"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/principal"
	"gatehouse/internal/tracing"
)

// visit is what the chain has found out about a request so far. It serves a later request when this one is answered.
type visit struct {
	*fiber.Ctx
	record    *httpserver.Record
	client    string // address
	path      string // canonical
	query     string
	entries   route.Entries // the routes of the path
	route     *route.Route
	cookies   brought
	verified  *verified            // the token of the caller; nil on public routes
	assertion string               // of the caller to the upstream; empty where the route wants none
	principal *principal.Principal // who may act by it; nil on public routes, and until revocation was looked at
	out       upstream.Request     // for the upstream
	upload    upload               // the body, while it comes
	traced    context.Context      // of what is asked on behalf of the request
	span      *tracing.Span        // nil while tracing is off
}

type visitKey struct{}

var visits = sync.Pool{New: func() any { return new(visit) }}

// visitOf is the visit of the request, or nil when the chain never began because the server refused the request before.
func visitOf(c *fiber.Ctx) *visit {
	v, _ := c.Locals(visitKey{}).(*visit)
	return v
}

// arrive begins the visit.
func (e *Edge) arrive(c *fiber.Ctx) *visit {
	v := visits.Get().(*visit)
	v.Ctx, v.record = c, httpserver.Begin(c, "")
	v.client = e.clientAddress(c.Context().RemoteIP(), c.Request().Header.RawHeaders())
	v.record.Client = v.client
	v.trace()
	c.Locals(visitKey{}, v)
	return v
}

// leave ends it, with its line in the log, and counts it.
func (e *Edge) leave(v *visit) {
	if v.span != nil {
		v.span.Answered(v.Method(), e.nameOf(v), v.Response().StatusCode())
	}
	e.count(v, v.record.End(v.Ctx, e.Log))
	v.Locals(visitKey{}, nil)
	*v = visit{out: upstream.Request{Header: v.out.Header[:0]}}
	visits.Put(v)
}

// target is what the upstream is asked for, in origin form.
func (v *visit) target() string {
	path := v.route.UpstreamPath(v.path)
	if v.query == "" {
		return path
	}
	return path + "?" + v.query
}
