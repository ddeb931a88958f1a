package main

import (
	"os"
	"time"

	"github.com/gofiber/contrib/jwt"
	"github.com/gofiber/fiber/v2"
	"github.com/redis/go-redis/v9"

	"gatehouse/internal/redisurl"
	"gatehouse/internal/token"
)

// revokedPrefix is how the checker keeps revoked sessions in Redis.
const revokedPrefix = "revoked:"

// serveChecker is the service that nginx and Caddy ask about each request.
func serveChecker(addr, jwksFile, redisURL string) error {
	data, err := os.ReadFile(jwksFile)
	if err != nil {
		return err
	}
	keys, err := token.ParseJWKS(data)
	if err != nil {
		return err
	}
	store, err := redisurl.Open(redisURL)
	if err != nil {
		return err
	}
	return newChecker(keys, store).Listen(addr)
}

// newChecker is written the way such a thing usually is: the middleware verifies the token, one call to Redis says whether
// its session was revoked. The answer has no body, because nginx and Caddy would drop the connection after one.
func newChecker(keys token.Keys, store redis.UniversalClient) *fiber.App {
	app := fiber.New(fiber.Config{DisableStartupMessage: true, IdleTimeout: time.Hour})
	app.Use(jwtware.New(jwtware.Config{
		TokenLookup:  "cookie:jwt",
		KeyFunc:      token.KeyFunc(keys),
		Claims:       new(token.Claims),
		ContextKey:   "token",
		ErrorHandler: func(*fiber.Ctx, error) error { return fiber.ErrUnauthorized },
	}))
	app.Use(func(c *fiber.Ctx) error {
		claims, ok := token.FromContext(c.Locals("token"))
		if !ok {
			return fiber.ErrUnauthorized
		}
		n, err := store.Exists(c.UserContext(), revokedPrefix+claims.SessionID).Result()
		if err != nil || n > 0 {
			return fiber.ErrUnauthorized
		}
		c.Status(fiber.StatusNoContent)
		return nil
	})
	return app
}
