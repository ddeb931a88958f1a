package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
)

// remove deletes an account: DELETE /api/user.
func (a *API) remove(c *fiber.Ctx, by caller) error {
	var body struct {
		UID string `json:"uid"`
	}
	if err := httpserver.ReadDetails(c, &body); err != nil {
		return err
	}
	if err := a.Users.Delete(c.UserContext(), by.Actor, body.UID); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
