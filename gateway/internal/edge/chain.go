package edge

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
)

// step is one decision about a request: nil lets it go on, any other error is its refusal.
type step func(*visit) error

// errAnswered is what a step gives that has answered the request itself.
var errAnswered = errors.New("answered")

// handlers is the whole chain, outermost first. Each line says why it stands where it does.
func (e *Edge) handlers() []any {
	return []any{
		e.frame, // the id is in the log line and in every refusal; headers come last, so that no upstream can weaken them
		e.steps(
			e.wellFormed,    // nothing is decided on what two readers may read differently
			e.locate,        // one canonical path decides: a route, a page or neither
			e.fits,          // nothing of a body that is too long is read
			e.preflight,     // has no cookies and no method of its own; wants the path's methods
			e.page,          // pages are for everyone, also while Redis or a service is down
			e.choose,        // 405 before 401: it is no secret which methods there are
			e.singleCookies, // before anything looks at a cookie
			e.sameOrigin,    // before the session acts: no other site may use it
			e.throttle,      // after that: no other site uses up what its reader may; before anyone works for the caller
		),
		e.authenticate, // who is it?
		e.steps(
			e.unrevoked, // and are they still? never cached
			e.authorize, // may they? never cached, the role is in the token
			e.assert,    // auth-service may have to be asked
			e.takeBody,  // nobody else's is worth the memory
			e.forward,
		),
	}
}

// frame is around all others: it sees every answer, and makes a refusal out of an error or a panic.
func (e *Edge) frame(c *fiber.Ctx) error {
	v := e.arrive(c)
	if err := httpserver.Recover(c); err != nil {
		if err := e.refuse(c, err); err != nil {
			return err
		}
	}
	e.dress(c, v.record.ID)
	e.leave(v)
	return nil
}

// steps takes one after the other, then goes on.
func (e *Edge) steps(all ...step) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := visitOf(c)
		for _, s := range all {
			if err := s(v); err == errAnswered {
				return nil
			} else if err != nil {
				return err
			}
		}
		return c.Next()
	}
}
