package session

import (
	"context"

	"gatehouse/internal/fault"
	"gatehouse/internal/token"
)

// Assert tells the audience, an upstream of the gateway, whose access token it is. Unauthenticated: the token is no good, or
// revoked. Invalid: nobody can have that name.
func (s *Service) Assert(ctx context.Context, accessToken, audience string) (string, error) {
	if err := token.CheckAudience(audience); err != nil {
		return "", &fault.Fault{Kind: fault.Invalid, Message: "The audience of an assertion is missing or cannot be had.", Err: err}
	}
	by, err := s.Caller(ctx, accessToken)
	if err != nil {
		return "", err
	}
	return s.Signer.SignAssertion(token.NewAssertion(by, audience, s.NewID(), s.Now()))
}
