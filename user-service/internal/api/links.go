package api

import (
	"github.com/gofiber/fiber/v2"

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
	order := user.LinkOrder{Kind: o.Kind, Email: o.Email, Origin: told(o.Origin, c)}
	var err error
	if order.Subject, err = subjectID(o.ID); err != nil {
		return err
	}
	if o.By != "" {
		if order.By, err = subjectID(o.By); err != nil {
			return err
		}
	}
	link, err := a.Users.Issue(c.UserContext(), order)
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
