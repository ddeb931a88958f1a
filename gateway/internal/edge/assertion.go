package edge

import (
	"context"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/gateway/internal/assertion"
	"gatehouse/gateway/internal/route"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/peer"
	"gatehouse/internal/token"
)

// AssertionHeader is what tells an upstream who calls, signed for it alone.
const AssertionHeader = "X-Gatehouse-Assertion"

// Assertions gives what tells an upstream who calls, as assertion.Source does; its errors are faults.
type Assertions interface {
	For(ctx context.Context, t assertion.Token, audience string) (string, error)
}

// assert gets the assertion, where the upstream is to have one. Without it the request goes nowhere.
func (e *Edge) assert(c *fiber.Ctx) error {
	v := visitOf(c)
	if v.route.Forward != route.ForwardAssertion {
		return c.Next()
	}
	if v.principal == nil {
		return token.Refusal(errNobody)
	}
	ctx := peer.WithRequestID(context.Background(), httpserver.RequestID(c))
	t := assertion.Token{Raw: c.Request().Header.Cookie(e.cookies.access), Digest: v.verified.digest}
	var err error
	if v.assertion, err = e.Assertions.For(ctx, t, v.route.Audience); err != nil {
		return err
	}
	return c.Next()
}

// setPath gives the upstream the path that the route wants, and says what was taken off.
func setPath(out *fasthttp.Request, v *visit) {
	out.URI().SetPath(v.route.UpstreamPath(v.path))
	if v.route.StripPrefix {
		out.Header.Set("X-Forwarded-Prefix", v.route.Path[:len(v.route.Path)-1])
	}
}
