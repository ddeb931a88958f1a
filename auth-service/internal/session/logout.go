package session

import (
	"context"

	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
)

// Logout ends the sessions that the tokens name; either may be empty or expired. When it returns nil, no gateway accepts
// an access token of theirs any more.
func (s *Service) Logout(ctx context.Context, accessToken, refreshToken string) (sid string, err error) {
	if accessToken == "" && refreshToken == "" {
		return "", token.Missing()
	}
	fromAccess, err := s.sessionOfAccess(ctx, accessToken)
	if err != nil {
		return "", err
	}
	fromRefresh, err := s.sessionOfRefresh(ctx, refreshToken)
	if err != nil {
		return "", err
	}
	if fromAccess == "" && fromRefresh == "" {
		return "", errInvalid
	}
	for _, found := range []string{fromRefresh, fromAccess} {
		if found == "" || found == sid {
			continue
		}
		if err := s.end(ctx, found); err != nil {
			return "", err
		}
		sid = found
	}
	return sid, nil
}

// sessionOfAccess is the session of a good access token that is not revoked, else empty.
func (s *Service) sessionOfAccess(ctx context.Context, raw string) (string, error) {
	claims, err := token.Verify(raw, s.Keys)
	if err != nil {
		return "", nil
	}
	revoked, err := s.Revoked.Revoked(ctx, revocation.TokenOf(claims))
	if err != nil {
		return "", down(err)
	}
	if revoked {
		return "", nil
	}
	return claims.SessionID, nil
}

// sessionOfRefresh is the live session of a refresh token of ours, else empty. An old token of it serves as well: to end
// a session is never a danger to it.
func (s *Service) sessionOfRefresh(ctx context.Context, raw string) (string, error) {
	sid, _, ok := s.Refresh.Open(raw)
	if !ok {
		return "", nil
	}
	subject, err := s.Store.Subject(ctx, sid)
	if err != nil {
		return "", down(err)
	}
	if subject == "" {
		return "", nil
	}
	return sid, nil
}

// end revokes first: if the second step fails, the person is told so and tries again, and no token is good meanwhile. The
// entry outlives every token of the session, also one from before ACCESS_TOKEN_TTL was made shorter.
func (s *Service) end(ctx context.Context, sid string) error {
	if err := s.Revoked.Session(ctx, sid, s.Now().Add(token.MaxTTL)); err != nil {
		return down(err)
	}
	if err := s.Store.End(ctx, sid); err != nil {
		return down(err)
	}
	return nil
}
