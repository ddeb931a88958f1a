package api

import (
	"mime"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"
)

// export gives the caller's own data as a file: GET /api/user/export.
func (a *API) export(c *fiber.Ctx, by caller) error {
	u, activity, err := a.Users.Export(c.UserContext(), by.Actor)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, attachment("gatehouse-"+u.UID+".json"))
	return c.JSON(fiber.Map{"account": whole(u), "activity": entriesJSON(activity)})
}

// attachment names a file (RFC 6266). The rules of uids leave nothing to escape but letters beyond ASCII.
func attachment(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
		return mime.FormatMediaType("attachment", map[string]string{"filename": name})
	}
	return `attachment; filename="` + name + `"`
}
