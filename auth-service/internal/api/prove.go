package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/principal"
)

// prove is POST /api/authenticate/proof {password}: 204 and a new access cookie that says when it was proved.
func (a *API) prove(c *fiber.Ctx, by principal.Principal) error {
	var body struct {
		Password string `json:"password"`
	}
	if err := httpserver.ReadDetails(c, &body); err != nil {
		return a.note(c, "proof", err)
	}
	if body.Password == "" {
		return a.note(c, "proof", fault.New(fault.Invalid, "Please provide user details"))
	}
	access, err := a.Sessions.Prove(c.UserContext(), by, body.Password, deviceOf(c))
	if err != nil {
		return a.note(c, "proof", err)
	}
	a.Cookies.writeAccess(c, access)
	return a.note(c, "proof", c.SendStatus(fiber.StatusNoContent))
}
