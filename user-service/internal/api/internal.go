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
	u, err := a.Users.Verify(c.UserContext(), told(credential.Origin, c), credential.UID, credential.Password)
	if err != nil {
		return err
	}
	return c.JSON(subject(u))
}

// prove checks the password of somebody who is signed in.
func (a *API) prove(c *fiber.Ctx) error {
	var proof userapi.Proof
	if err := httpserver.ReadJSON(c, &proof); err != nil {
		return err
	}
	id, err := subjectID(proof.ID)
	if err != nil {
		return err
	}
	u, err := a.Users.Prove(c.UserContext(), told(proof.Origin, c), id, proof.Password)
	if err != nil {
		return err
	}
	return c.JSON(subject(u))
}

// showUser tells auth-service who somebody is now.
func (a *API) showUser(c *fiber.Ctx) error {
	id, err := subjectID(c.Params("id"))
	if err != nil {
		return err
	}
	u, err := a.Users.Enabled(c.UserContext(), id)
	if err != nil {
		return err
	}
	return c.JSON(subject(u))
}

// find tells auth-service whom a person may mean.
func (a *API) find(c *fiber.Ctx) error {
	var typed userapi.Typed
	if err := httpserver.ReadJSON(c, &typed); err != nil {
		return err
	}
	found, err := a.Users.Find(c.UserContext(), typed.Typed)
	if err != nil {
		return err
	}
	shown := make([]userapi.User, len(found))
	for i, u := range found {
		shown[i] = subject(u)
	}
	return c.JSON(shown)
}

// record puts what auth-service tells of into the audit.
func (a *API) record(c *fiber.Ctx) error {
	var events []userapi.Event
	if err := httpserver.ReadJSON(c, &events); err != nil {
		return err
	}
	all := make([]user.Event, len(events))
	for i, e := range events {
		from := told(e.Origin, c)
		if e.RequestID != "" {
			from.RequestID = e.RequestID
		}
		all[i] = user.Event{
			At: e.At, Action: e.Action, Outcome: e.Outcome, Actor: e.Actor, Subject: e.Subject, Origin: from,
			Detail: detailOf(e.Detail),
		}
	}
	if err := a.Users.Record(c.UserContext(), all); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func detailOf(told map[string]string) user.Detail {
	detail := make(user.Detail, len(told))
	for name, value := range told {
		detail[name] = value
	}
	return detail
}

func subjectID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound, "User %s not found", text)
	}
	return id, nil
}

func subject(u user.User) userapi.User {
	return userapi.User{
		ID: strconv.FormatInt(u.ID, 10), UID: u.UID, Name: u.Name, Role: u.Role, Email: u.Email, Pending: u.Pending,
		Confirmed: u.Confirmed, Epoch: u.Epoch, CreatedAt: u.CreatedAt, Kept: u.Kept,
	}
}
