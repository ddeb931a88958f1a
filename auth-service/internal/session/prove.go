package session

import (
	"context"

	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
	"gatehouse/internal/userapi"
)

// Prove takes the password of a caller who is signed in already, and gives an access token that says so. Forbidden: it is
// wrong, which does not end the session. Unauthenticated: the session is over. TooManyRequests: there were too many
// attempts.
func (s *Service) Prove(ctx context.Context, by principal.Principal, password string, from Device) (string, error) {
	now := s.Now()
	user, err := s.provenUser(ctx, by, password, from)
	if err != nil {
		return "", err
	}
	of, err := s.Store.Prove(ctx, by.SessionID, now)
	if err != nil {
		return "", down(err)
	}
	if of.ID == "" || !user.Accepts(of.ID, of.Epoch) {
		return "", s.refuse(ctx, by.SessionID)
	}
	return s.accessToken(ctx, of, user, now)
}

// provenUser asks whether it is the caller's password; user-service takes the answer down in the audit. What is not a wrong
// guess is given back, as in verify.
func (s *Service) provenUser(
	ctx context.Context, by principal.Principal, password string, from Device,
) (userapi.User, error) {
	ticket, err := s.Attempts.Proof(ctx, by.Subject)
	if err != nil {
		return userapi.User{}, s.throttled(ctx, err, actionProof, by.Subject, from)
	}
	user, err := s.Users.Prove(ctx, userapi.Proof{ID: by.Subject, Password: password, Origin: from.Origin()})
	if fault.Is(err, fault.Unauthenticated) {
		return userapi.User{}, fault.New(fault.Forbidden, "Password is wrong")
	}
	ticket.Refund(ctx)
	return user, err
}
