package main

import (
	"os"
	"time"

	"github.com/gofiber/contrib/jwt"
	"github.com/gofiber/fiber/v2"
	"github.com/golang-jwt/jwt/v5"
	"github.com/redis/go-redis/v9"

	"gatehouse/internal/redisurl"
)

// revokedPrefix is how the checker keeps revoked sessions in Redis.
const revokedPrefix = "revoked:"

// serveChecker is the service that nginx and Caddy ask about each request.
func serveChecker(addr, secretFile, redisURL string) error {
	secret, err := os.ReadFile(secretFile)
	if err != nil {
		return err
	}
	store, err := redisurl.Open(redisURL)
	if err != nil {
		return err
	}
	return newChecker(secret, store).Listen(addr)
}

// newChecker is written the way such a thing usually is: the middleware verifies the token, with the algorithm that costs
// least, and one call to Redis says whether its session was revoked. The answer has no body, because nginx and Caddy would
// drop the connection after one.
func newChecker(secret []byte, store redis.UniversalClient) *fiber.App {
	app := fiber.New(fiber.Config{DisableStartupMessage: true, IdleTimeout: time.Hour})
	app.Use(jwtware.New(jwtware.Config{
		TokenLookup:  "cookie:jwt",
		SigningKey:   jwtware.SigningKey{JWTAlg: jwtware.HS256, Key: secret},
		ErrorHandler: func(*fiber.Ctx, error) error { return fiber.ErrUnauthorized },
	}))
	app.Use(func(c *fiber.Ctx) error {
		claims := c.Locals("user").(*jwt.Token).Claims.(jwt.MapClaims)
		sid, _ := claims["sid"].(string)
		n, err := store.Exists(c.UserContext(), revokedPrefix+sid).Result()
		if err != nil || n > 0 {
			return fiber.ErrUnauthorized
		}
		c.Status(fiber.StatusNoContent)
		return nil
	})
	return app
}
