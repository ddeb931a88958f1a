package api

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/token"
	"gatehouse/user-service/internal/user"
)

// caller is who makes a guarded request: the row of this moment, not what the token remembers.
type caller struct {
	user.Actor
	user user.User
}

// guarded lets in who has a good access token and an account that is not disabled. The gateway has checked the token
// too; it is checked here so that nobody needs to trust the network, and the row so that a demotion counts at once.
func (a *API) guarded(handler func(*fiber.Ctx, caller) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		raw := httpserver.Bearer(c)
		if raw == "" {
			return token.Missing()
		}
		claims, err := token.Verify(raw, a.Keys)
		if err != nil {
			return token.Refusal(err)
		}
		id, err := strconv.ParseInt(claims.Subject, 10, 64)
		if err != nil {
			return token.Refusal(err)
		}
		u, err := a.Users.Enabled(c.UserContext(), id)
		if fault.Is(err, fault.NotFound) {
			return token.Refusal(err)
		}
		if err != nil {
			return err
		}
		httpserver.Note(c, "sub", claims.Subject)
		c.Set(fiber.HeaderCacheControl, "no-store")
		by := user.Actor{
			ID: u.ID, UID: u.UID, Role: u.Role, AuthTime: claims.AuthTime.Time, SessionID: claims.SessionID, Origin: origin(c),
		}
		return handler(c, caller{Actor: by, user: u})
	}
}
