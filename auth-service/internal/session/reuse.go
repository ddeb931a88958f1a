package session

import (
	"context"
	"time"

	"gatehouse/auth-service/internal/device"
	"gatehouse/internal/authapi"
	"gatehouse/internal/userapi"
)

// NoticeReused is the kind of notice that tells of a session whose refresh token was copied. Its facts are device and
// address, of the session's sign-in, and at.
const NoticeReused = "refresh-reused"

// reused ends a session whose refresh token came a second time. Its tokens are refused first; it is removed last, because
// until then each of them is Reused again: whatever stops in between, the next try tells the user and the audit.
func (s *Service) reused(ctx context.Context, of Session, user userapi.User, from Device) error {
	if err := s.revoke(ctx, of.ID); err != nil {
		return err
	}
	if user.Email != "" {
		if err := s.notify(ctx, []authapi.Notice{s.reuseNotice(of, user)}); err != nil {
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

func (s *Service) reuseNotice(of Session, user userapi.User) authapi.Notice {
	return authapi.Notice{
		Kind: NoticeReused, To: user.Email, Name: user.Name, UID: user.UID,
		Facts: map[string]string{
			"device":  device.Of(of.Device.UserAgent).String(),
			"address": of.Device.Address,
			"at":      s.Now().UTC().Format(time.RFC3339),
		},
	}
}
