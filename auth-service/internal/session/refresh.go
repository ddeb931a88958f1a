package session

import (
	"context"

	"gatehouse/internal/fault"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// Renew gives new tokens for a refresh token. The same token within the grace gets the same successor, so that two tabs,
// or a reply that got lost, sign nobody out; a token older than that has been copied, and ends its session. The role is
// read anew, and a user who is gone or disabled has no session.
func (s *Service) Renew(ctx context.Context, refreshToken string) (Grant, Outcome, error) {
	if refreshToken == "" {
		return Grant{}, Gone, token.Missing()
	}
	sid, counter, ok := s.Refresh.Open(refreshToken)
	if !ok {
		return Grant{}, Gone, errInvalid
	}
	now := s.Now()
	user, err := s.holder(ctx, sid)
	if err != nil {
		return Grant{}, Gone, err
	}
	of, counter, outcome, err := s.Store.Rotate(ctx, sid, counter, now)
	switch {
	case err != nil:
		return Grant{}, Gone, down(err)
	case outcome == Reused:
		return Grant{}, Reused, s.refuse(ctx, sid)
	case outcome == Gone:
		return Grant{}, Gone, errInvalid
	}
	grant, err := s.grant(ctx, of, user, counter, now)
	return grant, outcome, err
}

// holder is the user of a session as of now. It is asked before the token is used up: were user-service down after that,
// the browser's next try would come with a used token.
func (s *Service) holder(ctx context.Context, sid string) (userapi.User, error) {
	subject, err := s.Store.Subject(ctx, sid)
	if err != nil {
		return userapi.User{}, down(err)
	}
	if subject == "" {
		return userapi.User{}, errInvalid
	}
	user, err := s.Users.User(ctx, subject)
	if fault.Is(err, fault.NotFound) {
		return userapi.User{}, s.refuse(ctx, sid)
	}
	return user, err
}

// refuse ends the session; the answer says no more than that the token is invalid.
func (s *Service) refuse(ctx context.Context, sid string) error {
	if err := s.end(ctx, sid); err != nil {
		return err
	}
	return errInvalid
}
