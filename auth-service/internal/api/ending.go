package api

import (
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
)

// endOne is DELETE /api/sessions/{sid}. Its answer is sent when every gateway refuses the session.
func (a *API) endOne(c *fiber.Ctx, by principal.Principal) error {
	sid := utils.CopyString(c.Params("sid"))
	if err := a.Sessions.EndOne(c.UserContext(), by, sid, deviceOf(c)); err != nil {
		return a.note(c, "end-session", err)
	}
	if sid == by.SessionID {
		a.Cookies.clear(c)
	}
	return a.note(c, "end-session", c.SendStatus(fiber.StatusNoContent))
}

// endMany is DELETE /api/sessions: all but the one that asks or, with ?scope=all, all of them.
func (a *API) endMany(c *fiber.Ctx, by principal.Principal) error {
	switch scope := c.Query("scope"); scope {
	case "":
		if err := a.Sessions.EndOthers(c.UserContext(), by, deviceOf(c)); err != nil {
			return a.note(c, "end-other-sessions", err)
		}
		return a.note(c, "end-other-sessions", c.SendStatus(fiber.StatusNoContent))
	case "all":
		if err := a.Sessions.EndAll(c.UserContext(), by, deviceOf(c)); err != nil {
			return a.note(c, "end-all-sessions", err)
		}
		a.Cookies.clear(c)
		return a.note(c, "end-all-sessions", c.SendStatus(fiber.StatusNoContent))
	}
	return fault.New(fault.Invalid, "The scope is all, or is left out.")
}
