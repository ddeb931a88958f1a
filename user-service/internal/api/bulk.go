package api

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/user-service/internal/user"
)

// createAll makes many accounts: POST /api/users.
func (a *API) createAll(c *fiber.Ctx, by caller) error {
	var raw []json.RawMessage
	if err := httpserver.ReadDetails(c, &raw); err != nil {
		return err
	}
	rows := make([]user.Row, len(raw))
	for i := range raw {
		rows[i] = readRow(raw[i])
	}
	refused, err := a.Users.CreateAll(c.UserContext(), by.Actor, rows)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"errors": refused})
}

// readRow reads one row; one that cannot be read is refused by itself.
func readRow(raw json.RawMessage) (row user.Row) {
	if err := json.Unmarshal(raw, &row.Details); err != nil {
		row.Err = &fault.Fault{Kind: fault.Invalid, Message: "User details are of the wrong type", Err: err}
	}
	return row
}
