package httpserver

import (
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/tracing"
	"gatehouse/internal/traffic"
)

// noRoute is the label of a request that no route is for.
const noRoute = "none"

// served knows the routes of an app, so that what a client makes up is never a label.
type served struct {
	counter *traffic.Counter // may be nil
	once    sync.Once
	routes  map[string]*traffic.Route // by pattern
	none    *traffic.Route
}

// learn looks at the routes of the app, once all are there.
func (s *served) learn(app *fiber.App) {
	count := s.counter
	if count == nil {
		count = new(traffic.Counter)
	}
	s.none, s.routes = count.Route(noRoute), make(map[string]*traffic.Route)
	for _, r := range app.GetRoutes(true) {
		s.routes[r.Path] = count.Route(r.Path)
	}
}

// pattern is the path of the request's route as it was registered, with names in the place of ids.
func (s *served) pattern(c *fiber.Ctx) string {
	s.once.Do(func() { s.learn(c.App()) })
	if path := c.Route().Path; s.routes[path] != nil {
		return path
	}
	return noRoute
}

// count counts the answer to the request.
func (s *served) count(c *fiber.Ctx, took time.Duration) {
	route := s.routes[s.pattern(c)]
	if route == nil {
		route = s.none
	}
	route.Count(c.Method(), c.Response().StatusCode(), took)
}

// trace begins the span of a request, and puts it into the context of the handlers and its id into the log line.
func trace(c *fiber.Ctx, r *Record, fromGateway bool) *tracing.Span {
	if !tracing.On() {
		return nil
	}
	parent := ""
	if fromGateway {
		parent = c.Get(tracing.Header)
	}
	ctx, span := tracing.Serve(c.UserContext(), r.ID, parent)
	c.SetUserContext(ctx)
	if id := tracing.ID(ctx); id != "" {
		r.Note("trace_id", id)
	}
	return span
}
