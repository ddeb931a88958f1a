package api

import (
	"net/netip"

	"github.com/gofiber/fiber/v2"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/principal"
)

// guarded gives the handler who calls.
func (a *API) guarded(handler func(*fiber.Ctx, principal.Principal) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		by, err := a.caller(c)
		if err != nil {
			return err
		}
		return handler(c, by)
	}
}

// caller is who calls, by an access token that is good and not revoked. The answer is for nobody else.
func (a *API) caller(c *fiber.Ctx) (principal.Principal, error) {
	by, err := a.Sessions.Caller(c.UserContext(), httpserver.Bearer(c))
	if err != nil {
		return principal.Principal{}, err
	}
	httpserver.Note(c, "sub", by.Subject)
	httpserver.Note(c, "sid", by.SessionID)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return by, nil
}

// deviceOf is where the request comes from: the gateway says the client's address, and without one it is the caller's own. It
// may be kept longer than the request lasts.
func deviceOf(c *fiber.Ctx) session.Device {
	address, err := netip.ParseAddr(c.Get("X-Real-Ip"))
	if err != nil {
		address, _ = netip.AddrFromSlice(c.Context().RemoteIP())
	}
	return session.Device{Address: address.Unmap().String(), UserAgent: httpserver.UserAgent(c)}
}
