package session

import (
	"context"

	"gatehouse/internal/fault"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// Logout ends the sessions that the tokens name; either may be empty or expired. When it returns nil, no gateway accepts
// an access token of theirs any more.
func (s *Service) Logout(ctx context.Context, accessToken, refreshToken string, from Device) (sid string, err error) {
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
	if fromAccess.ID == "" && fromRefresh.ID == "" {
		return "", errInvalid
	}
	for _, found := range []Session{fromRefresh, fromAccess} {
		if found.ID == "" || found.ID == sid {
			continue
		}
		if err := s.end(ctx, found.ID); err != nil {
			return "", err
		}
		s.Audit.Note(s.event(ctx, actionLogout, userapi.Success, found.Subject, from, "sid", found.ID))
		sid = found.ID
	}
	return sid, nil
}

// sessionOfAccess names the session of a good access token that is not revoked, else none.
func (s *Service) sessionOfAccess(ctx context.Context, raw string) (Session, error) {
	caller, err := s.Caller(ctx, raw)
	if fault.Is(err, fault.Unauthenticated) {
		return Session{}, nil
	}
	return Session{ID: caller.SessionID, Subject: caller.Subject}, err
}

// sessionOfRefresh is the live session of a refresh token of ours, else none. An old token of it serves as well: to end a
// session is never a danger to it.
func (s *Service) sessionOfRefresh(ctx context.Context, raw string) (Session, error) {
	sid, _, ok := s.Refresh.Open(raw)
	if !ok {
		return Session{}, nil
	}
	of, err := s.Store.Find(ctx, sid)
	if err != nil {
		return Session{}, down(err)
	}
	return of, nil
}

// end revokes first: if the second step fails, the person is told so and tries again, and no token is good meanwhile.
func (s *Service) end(ctx context.Context, sid string) error {
	if err := s.revoke(ctx, sid); err != nil {
		return err
	}
	if err := s.Store.End(ctx, sid); err != nil {
		return down(err)
	}
	return nil
}

// revoke refuses all access tokens of a session, at every gateway from the moment it returns. The entry outlives every
// token of the session, also one from before ACCESS_TOKEN_TTL was made shorter.
func (s *Service) revoke(ctx context.Context, sid string) error {
	if err := s.Revoked.Session(ctx, sid, s.Now().Add(token.MaxTTL)); err != nil {
		return down(err)
	}
	return nil
}
