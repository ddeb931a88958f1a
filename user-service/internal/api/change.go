package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
	"gatehouse/user-service/internal/user"
)

// change edits an account: PUT /api/user.
func (a *API) change(c *fiber.Ctx, by caller) error {
	var p user.Patch
	if err := httpserver.ReadDetails(c, &p); err != nil {
		return err
	}
	changed, err := a.Users.Change(c.UserContext(), by.Actor, p)
	if err != nil {
		return err
	}
	return c.JSON(whole(changed))
}
