package session

import (
	"context"

	"gatehouse/internal/principal"
	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
)

// Caller is whose access token it is: it must be good and not revoked. The gateway has looked already; here it is done
// again, so that nobody needs to trust the network. Unauthenticated: it is missing or no good.
func (s *Service) Caller(ctx context.Context, accessToken string) (principal.Principal, error) {
	if accessToken == "" {
		return principal.Principal{}, token.Missing()
	}
	claims, err := token.Verify(accessToken, s.Keys)
	if err != nil {
		return principal.Principal{}, token.Refusal(err)
	}
	revoked, err := s.Revoked.Revoked(ctx, revocation.TokenOf(claims))
	if err != nil {
		return principal.Principal{}, down(err)
	}
	if revoked {
		return principal.Principal{}, errInvalid
	}
	return claims.Principal(), nil
}
