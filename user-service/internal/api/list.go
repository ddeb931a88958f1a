package api

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"gatehouse/user-service/internal/user"
)

// list gives a page of users: GET /api/user?limit=&q=&cursor=.
func (a *API) list(c *fiber.Ctx, by caller) error {
	limit := user.DefaultLimit
	if text := c.Query("limit"); text != "" {
		limit, _ = strconv.Atoi(text) // no number is 0, which is out of range
	}
	search := utils.CopyString(c.Query("q"))
	users, next, err := a.Users.List(c.UserContext(), limit, search, c.Query("cursor"))
	if err != nil {
		return err
	}
	if next != "" {
		c.Set(fiber.HeaderLink, nextLink(limit, search, next))
	}
	shown := make([]userJSON, len(users))
	for i, u := range users {
		shown[i] = entry(by, u)
	}
	return c.JSON(shown)
}

// nextLink names the next page (RFC 8288).
func nextLink(limit int, search, cursor string) string {
	query := "limit=" + strconv.Itoa(limit)
	if search != "" {
		query += "&q=" + url.QueryEscape(search)
	}
	return "</api/user?" + query + "&cursor=" + cursor + `>; rel="next"`
}

// entry is a user as this caller may see it.
func entry(by caller, u user.User) userJSON {
	if by.MayWrite(u) {
		shown := whole(u)
		shown.Access = []string{"rw"}
		return shown
	}
	shown := outline(u)
	shown.Access = []string{"ro"}
	return shown
}
