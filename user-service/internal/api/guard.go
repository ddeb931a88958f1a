package api

import (
	"net/netip"
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
		by := user.Actor{ID: u.ID, UID: u.UID, Role: u.Role, AuthTime: claims.AuthTime.Time, Origin: origin(c)}
		return handler(c, caller{Actor: by, user: u})
	}
}

// origin is where a request came from: the gateway says the client's address, and without one it is the caller's own.
func origin(c *fiber.Ctx) user.Origin {
	address, err := netip.ParseAddr(c.Get("X-Real-IP"))
	if err != nil {
		address, _ = netip.AddrFromSlice(c.Context().RemoteIP())
	}
	return user.Origin{
		Address:   address.Unmap().String(),
		Agent:     httpserver.UserAgent(c),
		RequestID: httpserver.RequestID(c),
	}
}
