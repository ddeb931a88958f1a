package api

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/auth-service/internal/device"
	"gatehouse/internal/principal"
)

// listed is a session as its user sees it.
type listed struct {
	ID        string        `json:"id"`
	Current   bool          `json:"current"` // the one that asks
	Device    device.Device `json:"device"`
	Address   string        `json:"address"`
	CreatedAt time.Time     `json:"created_at"`
	LastSeen  time.Time     `json:"last_seen"`
}

// list is GET /api/sessions.
func (a *API) list(c *fiber.Ctx, by principal.Principal) error {
	all, err := a.Sessions.List(c.UserContext(), by)
	if err != nil {
		return err
	}
	shown := make([]listed, len(all))
	for i, s := range all {
		shown[i] = listed{
			ID: s.ID, Current: s.ID == by.SessionID, Device: device.Of(s.Device.UserAgent), Address: s.Device.Address,
			CreatedAt: s.CreatedAt.UTC(), LastSeen: s.LastSeen.UTC(),
		}
	}
	return c.JSON(shown)
}
