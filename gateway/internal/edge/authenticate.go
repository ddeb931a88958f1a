package edge

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/contrib/jwt"
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
)

const tokenKey = "token"

// revocationTimeout is how long the list may take to answer before the request is refused.
const revocationTimeout = time.Second

// newAuthenticate makes the handler that lets a request with a good token pass, on routes that want a session. All
// decisions are ours: the key, by token.KeyFunc; the claims, by token.Claims; the refusals, below.
func (e *Edge) newAuthenticate() fiber.Handler {
	return jwtware.New(jwtware.Config{
		Filter:             func(c *fiber.Ctx) bool { return !visitOf(c).route.Access.Session },
		TokenLookup:        "cookie:" + e.cookies.access,
		TokenProcessorFunc: ofBearableLength,
		KeyFunc:            token.KeyFunc(e.Keys),
		Claims:             new(token.Claims),
		ContextKey:         tokenKey,
		ErrorHandler:       func(_ *fiber.Ctx, err error) error { return unauthenticated(err) },
		SuccessHandler:     e.accept,
	})
}

func ofBearableLength(raw string) (string, error) {
	if len(raw) > token.MaxLength {
		return "", token.ErrInvalid
	}
	return raw, nil
}

// unauthenticated says why there is no session. The cookies stay: the refresh token may still be good, and keys that
// cannot be had say nothing about the token.
func unauthenticated(err error) error {
	if errors.Is(err, jwtware.ErrJWTMissingOrMalformed) {
		return token.Missing()
	}
	return token.Refusal(err)
}

var errRevoked = errors.New("revoked")

// accept asks the revocation list about a token that is good in itself, on every request, and fails closed.
func (e *Edge) accept(c *fiber.Ctx) error {
	claims, ok := token.FromContext(c.Locals(tokenKey))
	if !ok {
		return token.Refusal(token.ErrInvalid)
	}
	httpserver.Note(c, "sub", claims.Subject)
	httpserver.Note(c, "sid", claims.SessionID)
	ctx, cancel := context.WithTimeout(context.Background(), revocationTimeout)
	defer cancel()
	revoked, err := e.Revocation.Revoked(ctx, revocation.TokenOf(claims))
	if err != nil {
		return fault.Down("revocation list", err)
	}
	if revoked {
		return token.Refusal(errRevoked)
	}
	p := claims.Principal()
	visitOf(c).principal = &p
	return c.Next()
}
