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
	limit := limitOf(c)
	search := utils.CopyString(c.Query("q"))
	users, next, err := a.Users.List(c.UserContext(), limit, search, c.Query("cursor"))
	if err != nil {
		return err
	}
	showNext(c, "/api/user", limit, next, url.Values{"q": {search}})
	shown := make([]userJSON, len(users))
	for i, u := range users {
		shown[i] = entry(by, u)
	}
	return c.JSON(shown)
}

// limitOf is the limit that was asked for; what is no number is 0, which is out of range.
func limitOf(c *fiber.Ctx) int {
	text := c.Query("limit")
	if text == "" {
		return user.DefaultLimit
	}
	limit, _ := strconv.Atoi(text)
	return limit
}

// showNext names the next page, if there is one (RFC 8288), with the filters that are not empty.
func showNext(c *fiber.Ctx, path string, limit int, cursor string, filters url.Values) {
	if cursor == "" {
		return
	}
	for name, values := range filters {
		if values[0] == "" {
			delete(filters, name)
		}
	}
	filters.Set("limit", strconv.Itoa(limit))
	filters.Set("cursor", cursor)
	c.Set(fiber.HeaderLink, "<"+path+"?"+filters.Encode()+`>; rel="next"`)
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
