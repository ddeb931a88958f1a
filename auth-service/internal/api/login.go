package api

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/userapi"
)

// login is POST /api/authenticate {uid, password}.
func (a *API) login(c *fiber.Ctx) error {
	credential, err := readCredential(c)
	if err != nil {
		return a.note(c, "login", err)
	}
	from := deviceOf(c)
	credential.Origin = from.Origin()
	grant, err := a.Sessions.Login(c.UserContext(), credential, from, a.Cookies.had(c))
	if err != nil {
		return a.note(c, "login", err)
	}
	a.Cookies.write(c, grant)
	httpserver.Note(c, "uid", grant.UID)
	return a.note(c, "login", c.SendString(fmt.Sprintf("Authentication for %s successful", grant.UID)))
}

func readCredential(c *fiber.Ctx) (userapi.Credential, error) {
	var body struct {
		UID      *string `json:"uid"`
		Password *string `json:"password"`
	}
	if err := httpserver.ReadDetails(c, &body); err != nil {
		return userapi.Credential{}, err
	}
	if body.UID == nil || *body.UID == "" {
		return userapi.Credential{}, fault.New(fault.Unauthenticated, "User ID is missing")
	}
	if body.Password == nil || *body.Password == "" {
		return userapi.Credential{}, fault.New(fault.Unauthenticated, "Password is missing")
	}
	return userapi.Credential{UID: *body.UID, Password: *body.Password}, nil
}
