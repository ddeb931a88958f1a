package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/principal"
	"gatehouse/internal/userapi"
)

// forgot is POST /api/password/forgot {uid}, a uid or an e-mail address: 202, whoever is meant.
func (a *API) forgot(c *fiber.Ctx) error {
	typed, err := readUID(c)
	if err == nil {
		err = a.Recovery.Forgot(c.UserContext(), typed, sentFrom(c))
	}
	if err != nil {
		return a.note(c, "forgot", err)
	}
	return a.note(c, "forgot", c.Status(fiber.StatusAccepted).JSON(fiber.Map{
		"message": "If there is such an account with an e-mail address, a message is on its way.",
	}))
}

// reset is POST /api/password/reset {token, password} or {uid, code, password}.
func (a *API) reset(c *fiber.Ctx) error {
	var body struct {
		Token    string `json:"token"`
		UID      string `json:"uid"`
		Code     string `json:"code"`
		Password string `json:"password"`
	}
	if err := httpserver.ReadDetails(c, &body); err != nil {
		return a.note(c, "reset", err)
	}
	r := userapi.Reset{Token: body.Token, UID: body.UID, Code: body.Code, Password: body.Password, Origin: sentFrom(c)}
	if err := a.Recovery.Reset(c.UserContext(), r); err != nil {
		return a.note(c, "reset", err)
	}
	return a.note(c, "reset", c.SendString("Password changed"))
}

// link is POST /api/password/link {uid}: an Admin gets a one-time link to hand out.
func (a *API) link(c *fiber.Ctx, by principal.Principal) error {
	name, err := readUID(c)
	if err != nil {
		return a.note(c, "link", err)
	}
	handed, err := a.Recovery.HandOut(c.UserContext(), by, name, sentFrom(c))
	if err != nil {
		return a.note(c, "link", err)
	}
	return a.note(c, "link", c.JSON(handed))
}

// confirm is POST /api/email/verify {token}.
func (a *API) confirm(c *fiber.Ctx) error {
	var body struct {
		Token string `json:"token"`
	}
	if err := httpserver.ReadDetails(c, &body); err != nil {
		return a.note(c, "verify", err)
	}
	if err := a.Recovery.Confirm(c.UserContext(), userapi.Confirmation{Token: body.Token, Origin: sentFrom(c)}); err != nil {
		return a.note(c, "verify", err)
	}
	return a.note(c, "verify", c.SendString("E-mail address confirmed"))
}

// sendVerification is POST /api/email/verification: 202, another mail for the address that waits.
func (a *API) sendVerification(c *fiber.Ctx, by principal.Principal) error {
	if err := a.Recovery.SendVerification(c.UserContext(), by); err != nil {
		return a.note(c, "verification", err)
	}
	return a.note(c, "verification", c.SendStatus(fiber.StatusAccepted))
}

func readUID(c *fiber.Ctx) (string, error) {
	var body struct {
		UID string `json:"uid"`
	}
	if err := httpserver.ReadDetails(c, &body); err != nil {
		return "", err
	}
	if body.UID == "" {
		return "", fault.New(fault.Invalid, "User ID is missing")
	}
	return body.UID, nil
}

// sentFrom is where the request comes from, for the audit and the throttles.
func sentFrom(c *fiber.Ctx) userapi.Origin {
	d := deviceOf(c)
	return userapi.Origin{Address: d.Address, Agent: d.UserAgent}
}
