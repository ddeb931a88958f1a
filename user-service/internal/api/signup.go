package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
	"gatehouse/user-service/internal/user"
)

// signUp makes an account for anyone: POST /api/user.
func (a *API) signUp(c *fiber.Ctx) error {
	var d user.Details
	if err := httpserver.ReadDetails(c, &d); err != nil {
		return err
	}
	created, err := a.Users.Register(c.UserContext(), user.Actor{Origin: origin(c)}, d)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(whole(created))
}
