package session

import (
	"context"

	"gatehouse/internal/authapi"
	"gatehouse/internal/userapi"
)

// reused ends a session whose refresh token came a second time. Its tokens are refused first; it is removed last, because
// until then each of them is Reused again: whatever stops in between, the next try tells the user and the audit.
func (s *Service) reused(ctx context.Context, of Session, user userapi.User, from Device) error {
	if err := s.revoke(ctx, of.ID); err != nil {
		return err
	}
	if user.Email != "" {
		if err := s.notify(ctx, []authapi.Notice{deviceNotice(NoticeReused, user, of, s.Now())}); err != nil {
			return err
		}
	}
	e := s.event(ctx, actionRefresh, userapi.Refused, of.Subject, from, "reason", "reused", "sid", of.ID)
	e.Actor = "" // who it was is just what is not known
	s.Audit.Record(ctx, e)
	if err := s.Store.End(ctx, of.ID); err != nil {
		return down(err)
	}
	return errInvalid
}
