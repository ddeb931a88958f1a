package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/principal"
	"gatehouse/internal/token"
	"gatehouse/user-service/internal/user"
)

const (
	importPath  = "/api/users"
	importLimit = 32 << 20 // bytes: 100,000 rows with hashes are some 20 MiB
	ndjson      = "application/x-ndjson"
)

// imports lets an Admin send more than others may.
func (a *API) imports() *httpserver.Bulk {
	return &httpserver.Bulk{Method: fiber.MethodPost, Path: importPath, Limit: importLimit, May: func(bearer string) bool {
		claims, err := token.Verify(bearer, a.Keys)
		return err == nil && claims.Role == principal.RoleAdmin
	}}
}

// importedJSON is what became of an import, on the wire.
type importedJSON struct {
	Errors      []user.RowError  `json:"errors"`
	Invitations []invitationJSON `json:"invitations,omitempty"`
	Created     *int             `json:"created,omitempty"`
}

type invitationJSON struct {
	UID  string `json:"uid"`
	Link string `json:"link"`
}

// importAll makes many accounts: POST /api/users?dry_run=.
func (a *API) importAll(c *fiber.Ctx, by caller) error {
	in, err := readImport(c)
	if err == nil {
		err = a.Users.CheckImport(by.Actor, in)
	}
	if err != nil {
		return err
	}
	if c.Accepts(fiber.MIMEApplicationJSON, ndjson) == ndjson {
		c.Set(fiber.HeaderContentType, ndjson)
		c.Context().SetBodyStreamWriter(func(w *bufio.Writer) { a.tellImport(w, by.Actor, in) })
		return nil
	}
	done, err := a.Users.Import(c.UserContext(), by.Actor, in)
	if err != nil {
		return err
	}
	return c.JSON(a.shown(done, in.DryRun))
}

// readImport reads what the request says. Of the rows it only learns how many they are.
func readImport(c *fiber.Ctx) (in user.Import, err error) {
	if text := c.Query("dry_run"); text != "" {
		if in.DryRun, err = strconv.ParseBool(text); err != nil {
			return in, fault.New(fault.Invalid, "dry_run must be true or false")
		}
	}
	body, kind, err := httpserver.TakeBody(c, fiber.MIMEApplicationJSON, csvType)
	if err != nil {
		return in, err
	}
	if kind == csvType {
		in.Rows, in.Total, err = csvRows(body)
	} else {
		in.Rows, in.Total, err = jsonRows(body)
	}
	return in, err
}

// tellImport makes the accounts and writes a line after each batch. It runs when the handler is done, and ends early when
// nobody listens any more.
func (a *API) tellImport(w *bufio.Writer, by user.Actor, in user.Import) {
	lines := json.NewEncoder(w)
	defer func() {
		if r := recover(); r != nil {
			a.Log.Error("import", "request_id", by.Origin.RequestID, "error", fmt.Sprintf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), bulkDeadline)
	defer cancel()
	in.Progress = func(done int) error {
		lines.Encode(fiber.Map{"done": done, "total": in.Total}) // an error stays with the writer
		return w.Flush()
	}
	done, _ := a.Users.Import(ctx, by, in) // whatever was down, each row that it kept out says so
	lines.Encode(a.shown(done, true))
}

func (a *API) shown(done user.Imported, counted bool) importedJSON {
	shown := importedJSON{Errors: done.Refused}
	if counted {
		shown.Created = &done.Created
	}
	for _, i := range done.Invitations {
		page := a.Site.JoinPath("reset")
		page.Fragment = "token=" + i.Token // a fragment reaches no server, and so no log
		shown.Invitations = append(shown.Invitations, invitationJSON{i.UID, page.String()})
	}
	return shown
}
