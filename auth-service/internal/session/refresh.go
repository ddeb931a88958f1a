package session

import (
	"context"

	"gatehouse/internal/fault"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// Renew gives new tokens for a refresh token. The same token within the grace gets the same successor, so that two tabs,
// or a reply that got lost, sign nobody out; a token older than that has been copied, and ends its session. The role is
// read anew; a user who is gone or disabled has no session, and one whose credential changed has only the session that
// was kept.
func (s *Service) Renew(ctx context.Context, refreshToken string, from Device) (Grant, Outcome, error) {
	if refreshToken == "" {
		return Grant{}, Gone, token.Missing()
	}
	sid, counter, ok := s.Refresh.Open(refreshToken)
	if !ok {
		return Grant{}, Gone, errInvalid
	}
	now := s.Now()
	of, user, err := s.holder(ctx, sid)
	if err != nil {
		return Grant{}, Gone, err
	}
	next, counter, outcome, err := s.Store.Rotate(ctx, sid, counter, user.Epoch, now)
	switch {
	case err != nil:
		return Grant{}, Gone, down(err)
	case outcome == Reused:
		return Grant{}, Reused, s.reused(ctx, of, user, from)
	case outcome == Gone:
		return Grant{}, Gone, errInvalid
	}
	grant, err := s.grant(ctx, next, user, counter, now)
	return grant, outcome, err
}

// holder is a session and its user as of now. The user is asked for before the token is used up: were user-service down
// after that, the browser's next try would come with a used token.
//
// What the user does not accept is ended here, however late the change that ended it is told to Apply.
func (s *Service) holder(ctx context.Context, sid string) (Session, userapi.User, error) {
	of, err := s.Store.Find(ctx, sid)
	if err != nil {
		return Session{}, userapi.User{}, down(err)
	}
	if of.ID == "" {
		return Session{}, userapi.User{}, errInvalid
	}
	user, err := s.Users.User(ctx, of.Subject)
	if fault.Is(err, fault.NotFound) || err == nil && !user.Accepts(of.ID, of.Epoch) {
		err = s.refuse(ctx, sid)
	}
	return of, user, err
}

// refuse ends the session; the answer says no more than that the token is invalid.
func (s *Service) refuse(ctx context.Context, sid string) error {
	if err := s.end(ctx, sid); err != nil {
		return err
	}
	return errInvalid
}
