package httpserver

import (
	"crypto/sha256"
	"crypto/subtle"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
)

// OnlyPeers lets in who knows the service secret; 401 would say that the credential in the body is wrong. Digests are
// compared, so that not even the length is told by the time.
func OnlyPeers(secret string) fiber.Handler {
	want := sha256.Sum256([]byte(secret))
	return func(c *fiber.Ctx) error {
		got := sha256.Sum256([]byte(Bearer(c)))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			return fault.New(fault.Forbidden, "The service secret is missing or wrong.")
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.Next()
	}
}
