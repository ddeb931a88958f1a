package edge

import (
	"context"

	"gatehouse/gateway/internal/assertion"
	"gatehouse/gateway/internal/route"
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
func (e *Edge) assert(v *visit) error {
	if v.route.Forward != route.ForwardAssertion {
		return nil
	}
	if v.principal == nil {
		return token.Refusal(errNobody)
	}
	ctx := peer.WithRequestID(v.traced, v.record.ID)
	t := assertion.Token{Raw: v.cookies.token, Digest: v.verified.digest}
	var err error
	v.assertion, err = e.Assertions.For(ctx, t, v.route.Audience)
	return err
}
