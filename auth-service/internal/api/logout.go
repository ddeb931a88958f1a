package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
)

// logout is DELETE /api/authenticate. Its answer is sent when every gateway refuses the session.
func (a *API) logout(c *fiber.Ctx) error {
	sid, err := a.Sessions.Logout(c.UserContext(), httpserver.Bearer(c), a.Cookies.refreshToken(c), deviceOf(c))
	if err != nil {
		return a.note(c, "logout", err)
	}
	a.Cookies.clear(c)
	httpserver.Note(c, "sid", sid)
	return a.note(c, "logout", c.SendString("Token invalidated successfully"))
}
