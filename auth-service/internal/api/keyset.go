package api

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/token"
)

// keySet is GET /.well-known/jwks.json, the keys that verify access tokens. It may be kept no longer than verifiers keep
// it themselves.
func (a *API) keySet(c *fiber.Ctx) error {
	set, err := a.KeySet()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/jwk-set+json") // RFC 7517 §8.5.2
	c.Set(fiber.HeaderCacheControl, fmt.Sprintf("public, max-age=%.0f", token.RefreshEvery.Seconds()))
	return c.Send(set)
}
