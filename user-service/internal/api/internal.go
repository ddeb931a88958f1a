package api

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
)

// verify checks a credential for auth-service.
func (a *API) verify(c *fiber.Ctx) error {
	var credential userapi.Credential
	if err := httpserver.ReadJSON(c, &credential); err != nil {
		return err
	}
	u, err := a.Users.Verify(c.UserContext(), credential.UID, credential.Password)
	if err != nil {
		return err
	}
	return c.JSON(subject(u))
}

// showUser tells auth-service who somebody is now.
func (a *API) showUser(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(c.Params("id"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "User %s not found", c.Params("id"))
	}
	u, err := a.Users.Enabled(c.UserContext(), id)
	if err != nil {
		return err
	}
	return c.JSON(subject(u))
}

func subject(u user.User) userapi.User {
	return userapi.User{
		ID: strconv.FormatInt(u.ID, 10), UID: u.UID, Name: u.Name, Role: u.Role, Email: u.Email, Pending: u.Pending,
		Confirmed: u.Confirmed, Epoch: u.Epoch, Kept: u.Kept,
	}
}
