package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/authapi"
	"gatehouse/internal/httpserver"
)

// apply is POST /internal/changes.
func (a *API) apply(c *fiber.Ctx) error {
	var changes []authapi.Change
	if err := httpserver.ReadJSON(c, &changes); err != nil {
		return err
	}
	if err := a.Sessions.Apply(c.UserContext(), changes); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
