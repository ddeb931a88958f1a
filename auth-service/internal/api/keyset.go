package api

import "github.com/gofiber/fiber/v2"

// keySet is GET /.well-known/jwks.json, the keys that verify access tokens. It may be kept for less long than verifiers
// keep it themselves.
func (a *API) keySet(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/jwk-set+json") // RFC 7517 §8.5.2
	c.Set(fiber.HeaderCacheControl, "public, max-age=15")
	return c.Send(a.KeySet)
}
