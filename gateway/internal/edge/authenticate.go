package edge

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/contrib/jwt"
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
)

const tokenKey = "token"

// newAuthenticate makes the handler that lets a request with a good token pass, on routes that want a session. All
// decisions are ours: the key, by token.KeyFunc; the claims, by token.Claims; the refusals, below. A token that was
// verified of late is not verified again.
func (e *Edge) newAuthenticate() fiber.Handler {
	return jwtware.New(jwtware.Config{
		Filter:             e.known,
		TokenLookup:        "cookie:" + e.cookies.access,
		TokenProcessorFunc: ofBearableLength,
		KeyFunc:            token.KeyFunc(e.Keys),
		Claims:             new(token.Claims),
		ContextKey:         tokenKey,
		ErrorHandler:       func(_ *fiber.Ctx, err error) error { return unauthenticated(err) },
		SuccessHandler:     e.remember,
	})
}

// known reports whether there is nothing to verify: the route is for everyone, or the token is known. A key that was taken
// back makes its tokens unknown.
func (e *Edge) known(c *fiber.Ctx) bool {
	v := visitOf(c)
	if !v.route.Access.Session {
		return true
	}
	raw := v.cookies.token
	if len(raw) == 0 || len(raw) > token.MaxLength {
		return false
	}
	found := e.cache.find(raw, time.Now())
	if found == nil {
		return false
	}
	if _, err := e.Keys.Key(found.token.KeyID); err != nil {
		return false
	}
	v.verified = found
	return true
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

// remember keeps a token that was just verified.
func (e *Edge) remember(c *fiber.Ctx) error {
	claims, ok := token.FromContext(c.Locals(tokenKey))
	if !ok {
		return token.Refusal(token.ErrInvalid)
	}
	now, v := time.Now(), visitOf(c)
	v.verified = newVerified(v.cookies.token, claims, now)
	e.cache.keep(v.verified, now)
	return c.Next()
}

var errRevoked = errors.New("revoked")

// unrevoked asks the revocation list about a token that is good in itself, on every request, and fails closed.
func (e *Edge) unrevoked(v *visit) error {
	if !v.route.Access.Session {
		return nil
	}
	if v.verified == nil {
		return token.Refusal(errNobody)
	}
	v.record.Note("sub", v.verified.principal.Subject)
	v.record.Note("sid", v.verified.principal.SessionID)
	if err := e.checkRevocation(v.traced, v.verified.token); err != nil {
		return err
	}
	v.principal = &v.verified.principal
	return nil
}

func (e *Edge) checkRevocation(ctx context.Context, t revocation.Token) error {
	revoked, err := e.Revocation.Revoked(ctx, t) // the list has a limit of its own
	if err != nil {
		return fault.Down("revocation list", err)
	}
	if revoked {
		return token.Refusal(errRevoked)
	}
	return nil
}
