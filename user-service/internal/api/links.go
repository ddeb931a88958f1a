package api

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
)

// issueLink makes a one-time link for auth-service to mail, or for an Admin to hand out.
func (a *API) issueLink(c *fiber.Ctx) error {
	var o userapi.Order
	if err := httpserver.ReadJSON(c, &o); err != nil {
		return err
	}
	subject, err := strconv.ParseInt(o.ID, 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "User %s not found", o.ID)
	}
	var by int64
	if o.By != "" {
		if by, err = strconv.ParseInt(o.By, 10, 64); err != nil {
			return fault.New(fault.NotFound, "User %s not found", o.By)
		}
	}
	link, err := a.Users.Issue(c.UserContext(), user.LinkOrder{
		Subject: subject, Kind: o.Kind, Email: o.Email, By: by, Origin: told(o.Origin, c),
	})
	if err != nil {
		return err
	}
	return c.JSON(userapi.Link{Token: link.Token, Code: link.Code, ExpiresAt: link.ExpiresAt.UTC()})
}

// reset sets a password by a one-time link or code.
func (a *API) reset(c *fiber.Ctx) error {
	var r userapi.Reset
	if err := httpserver.ReadJSON(c, &r); err != nil {
		return err
	}
	u, err := a.Users.Reset(c.UserContext(), user.Reset{
		Token: r.Token, UID: r.UID, Code: r.Code, Password: r.Password, Origin: told(r.Origin, c),
	})
	if err != nil {
		return err
	}
	return c.JSON(subject(u))
}

// confirm confirms an e-mail address by a one-time link.
func (a *API) confirm(c *fiber.Ctx) error {
	var confirmation userapi.Confirmation
	if err := httpserver.ReadJSON(c, &confirmation); err != nil {
		return err
	}
	u, err := a.Users.Confirm(c.UserContext(), confirmation.Token, told(confirmation.Origin, c))
	if err != nil {
		return err
	}
	return c.JSON(subject(u))
}

// told is where a person's request came from as auth-service says.
func told(from userapi.Origin, c *fiber.Ctx) user.Origin {
	return user.Origin{Address: from.Address, Agent: from.Agent, RequestID: httpserver.RequestID(c)}
}
