// Package api is auth-service's HTTP door: it reads requests, asks the session domain, and writes answers and cookies.
package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/auth-service/internal/recovery"
	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/authapi"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/peer"
	"gatehouse/internal/tally"
	"gatehouse/internal/token"
)

// API holds what the handlers need.
type API struct {
	Sessions *session.Service
	Cookies  Cookies
	Recovery *recovery.Service
	KeySet   func() ([]byte, error) // the public keys of the moment as a JSON Web Key Set
	Secret   string                 // of the internal calls
	Actions  tally.Tally[Action]    // what was done; it counts by itself
}

// Routes is the whole API of auth-service.
func (a *API) Routes(app *fiber.App) {
	app.Use(handOnRequestID)
	app.Post("/api/authenticate", a.login)
	app.Delete("/api/authenticate", a.logout)
	app.Post("/api/authenticate/refresh", a.refresh)
	app.Post("/api/authenticate/proof", a.guarded(a.prove))
	app.Get("/api/sessions", a.guarded(a.list))
	app.Delete("/api/sessions", a.guarded(a.endMany))
	app.Delete("/api/sessions/:sid", a.guarded(a.endOne))
	app.Post("/api/password/forgot", a.forgot)
	app.Post("/api/password/reset", a.reset)
	app.Post("/api/password/link", a.guarded(a.link))
	app.Post("/api/email/verify", a.confirm)
	app.Post("/api/email/verification", a.guarded(a.sendVerification))
	app.Get(token.KeySetPath, a.keySet)
}

// InternalRoutes are for user-service, and one for the gateway, which has no service secret. No route of the gateway leads
// to them.
func (a *API) InternalRoutes(app *fiber.App) {
	app.Post(authapi.AssertionPath, a.assert)
	app.Use("/internal", httpserver.OnlyPeers(a.Secret), handOnRequestID)
	app.Post(authapi.ChangesPath, a.apply)
}

func handOnRequestID(c *fiber.Ctx) error {
	c.SetUserContext(peer.WithRequestID(c.UserContext(), httpserver.RequestID(c)))
	return c.Next()
}
