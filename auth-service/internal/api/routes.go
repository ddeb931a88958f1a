// Package api is auth-service's HTTP door: it reads requests, asks the session domain, and writes answers and cookies.
package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// API holds what the handlers need.
type API struct {
	Sessions *session.Service
	Cookies  Cookies
	KeySet   func() ([]byte, error) // the public keys of the moment as a JSON Web Key Set
}

// Routes is the whole API of auth-service.
func (a *API) Routes(app *fiber.App) {
	app.Use(handOnRequestID)
	app.Post("/api/authenticate", a.login)
	app.Delete("/api/authenticate", a.logout)
	app.Post("/api/authenticate/refresh", a.refresh)
	app.Get(token.KeySetPath, a.keySet)
}

func handOnRequestID(c *fiber.Ctx) error {
	c.SetUserContext(userapi.WithRequestID(c.UserContext(), httpserver.RequestID(c)))
	return c.Next()
}

// note puts an outcome into the log line; a refusal is in it by itself.
func note(c *fiber.Ctx, action string, err error) error {
	httpserver.Note(c, "action", action)
	switch {
	case err == nil:
		httpserver.Note(c, "outcome", "success")
	case fault.Is(err, fault.Unauthenticated):
		httpserver.Note(c, "outcome", "refused")
	case fault.Is(err, fault.TooManyRequests):
		httpserver.Note(c, "outcome", "throttled")
	}
	return err
}
