// Package api serves accounts over HTTP: the public calls, which the gateway forwards, and the internal ones, which
// auth-service makes. It turns requests into calls of the domain and results into JSON; it decides nothing itself.
package api

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
	"gatehouse/internal/peer"
	"gatehouse/internal/token"
	"gatehouse/internal/traffic"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
)

// How long a request may work, among it the wait for a database connection: a little less than the gateway waits.
const (
	deadline         = 9 * time.Second
	bulkDeadline     = 115 * time.Second // 100,000 rows
	internalDeadline = 7 * time.Second   // auth-service waits a little longer, and the gateway for it longer again
)

// API is what the handlers need.
type API struct {
	Users  *user.Service
	Keys   token.Keys
	Secret string   // of the internal calls
	Site   *url.URL // where people find the pages
	Log    *slog.Logger
	// Traffic counts the answers. May be nil.
	Traffic *traffic.Counter
}

// route is one call: who may make it is said by the handler that wraps it.
type route struct {
	method, path string
	limit        time.Duration
	handler      fiber.Handler
}

// Public is the listener behind the gateway.
func (a *API) Public() *fiber.App {
	app := httpserver.New(httpserver.Options{
		Service: "user-service", Log: a.Log, FromGateway: true, Traffic: a.Traffic, Bulk: a.imports(),
	})
	return serve(app, []route{
		{fiber.MethodPost, "/api/user", deadline, a.signUp},
		{fiber.MethodGet, "/api/id", deadline, a.guarded(a.showCaller)},
		{fiber.MethodGet, "/api/user", deadline, a.guarded(a.list)},
		{fiber.MethodPut, "/api/user", deadline, a.guarded(a.change)},
		{fiber.MethodDelete, "/api/user", deadline, a.guarded(a.remove)},
		{fiber.MethodPost, importPath, bulkDeadline, a.guarded(a.importAll)}, // Admin
		{fiber.MethodGet, "/api/user/export", deadline, a.guarded(a.export)},
		{fiber.MethodGet, activityPath, deadline, a.guarded(a.activity)},
		{fiber.MethodGet, auditPath, deadline, a.guarded(a.audit)}, // Admin
	})
}

// Internal is the listener that no route of the gateway leads to.
func (a *API) Internal() *fiber.App {
	app := httpserver.New(httpserver.Options{Service: "user-service", Log: a.Log, FromGateway: true, Traffic: a.Traffic})
	app.Use("/internal", httpserver.OnlyPeers(a.Secret))
	return serve(app, []route{
		{fiber.MethodPost, userapi.VerifyPath, internalDeadline, a.verify},
		{fiber.MethodPost, userapi.ProvePath, internalDeadline, a.prove},
		{fiber.MethodGet, userapi.UsersPath + ":id", internalDeadline, a.showUser},
		{fiber.MethodPost, userapi.FindPath, internalDeadline, a.find},
		{fiber.MethodPost, userapi.EventsPath, internalDeadline, a.record},
		{fiber.MethodPost, userapi.LinksPath, internalDeadline, a.issueLink},
		{fiber.MethodPost, userapi.ResetPath, internalDeadline, a.reset},
		{fiber.MethodPost, userapi.ConfirmPath, internalDeadline, a.confirm},
	})
}

func serve(app *fiber.App, routes []route) *fiber.App {
	for _, r := range routes {
		app.Add(r.method, r.path, limitTime(r.limit), r.handler)
		if r.method == fiber.MethodGet {
			app.Add(fiber.MethodHead, r.path, limitTime(r.limit), r.handler)
		}
	}
	return app
}

// limitTime gives a request its deadline, and its id to the calls that it makes.
func limitTime(limit time.Duration) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(peer.WithRequestID(c.UserContext(), httpserver.RequestID(c)), limit)
		defer cancel()
		c.SetUserContext(ctx)
		return c.Next()
	}
}
