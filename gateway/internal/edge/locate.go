package edge

import (
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/gateway/internal/route"
	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/token"
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

// bodyLimit tells the server how much body to read, once it has the header: that of the route, the default elsewhere.
func (e *Edge) bodyLimit(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	config := fasthttp.RequestConfig{MaxRequestBodySize: route.DefaultBodyLimit}
	if h.ContentLength() == 0 || h.IsGet() {
		return config
	}
	path, _, err := route.Canonical(string(h.RequestURI()))
	if err != nil {
		return config
	}
	r := e.table.Load().At(path).For(string(h.Method()))
	if r == nil || r.BodyLimit > route.DefaultBodyLimit && r.Access.Session && !e.mayBring(h, r) {
		return config
	}
	config.MaxRequestBodySize = r.BodyLimit
	if r.BodyLimit > httpserver.BodyLimit {
		config.ReadTimeout = r.Timeout // a large body takes its time
	}
	return config
}

// mayBring reports whether the request brings a good access token that the route is for. A large body is held in memory,
// which is not for strangers. All of it is looked at once more when the body is there.
func (e *Edge) mayBring(h *fasthttp.RequestHeader, r *route.Route) bool {
	raw := h.Cookie(e.cookies.access)
	now := time.Now()
	v := e.cache.find(raw, now)
	if v == nil {
		claims, err := token.Verify(string(raw), e.Keys)
		if err != nil {
			return false
		}
		v = newVerified(raw, claims, now)
	}
	return r.Access.Permits(v.principal.Role) && e.checkRevocation(v.token) == nil
}
