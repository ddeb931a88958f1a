package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/authapi"
	"gatehouse/internal/httpserver"
)

// assert is POST /assertion. The access token is all that the caller must show: who has it may act by it anyway.
func (a *API) assert(c *fiber.Ctx) error {
	var o authapi.Order
	if err := httpserver.ReadJSON(c, &o); err != nil {
		return err
	}
	raw, err := a.Sessions.Assert(c.UserContext(), httpserver.Bearer(c), o.Audience)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(authapi.Assertion{Assertion: raw})
}
