package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
)

// refresh is POST /api/authenticate/refresh: 204 and new cookies. A refresh token that is no good is 401, and its cookies
// are cleared, because it will never be good again.
func (a *API) refresh(c *fiber.Ctx) error {
	grant, outcome, err := a.Sessions.Renew(c.UserContext(), a.Cookies.refreshToken(c), deviceOf(c))
	httpserver.Note(c, "rotation", string(outcome))
	if fault.Is(err, fault.Unauthenticated) {
		a.Cookies.clear(c)
	}
	if err != nil {
		return a.note(c, "refresh", err)
	}
	a.Cookies.write(c, grant)
	return a.note(c, "refresh", c.SendStatus(fiber.StatusNoContent))
}
