package session

import (
	"context"
	"time"

	"gatehouse/auth-service/internal/device"
	"gatehouse/internal/authapi"
	"gatehouse/internal/userapi"
)

// The kinds of notices that begin here. Their facts are device and address, of a session's sign-in, and at.
const (
	NoticeReused    = "refresh-reused" // a session whose refresh token was copied has ended
	NoticeNewDevice = "new-device"
)

// Notices tells people by mail.
type Notices interface {
	// Enqueue returns nil when the notices will be sent, whatever stops meanwhile. It never waits for a mail server.
	Enqueue(ctx context.Context, notices []authapi.Notice) error
}

func (s *Service) notify(ctx context.Context, notices []authapi.Notice) error {
	if len(notices) == 0 {
		return nil
	}
	if err := s.Notices.Enqueue(ctx, notices); err != nil {
		return down(err)
	}
	return nil
}

// deviceNotice tells a user of a session by where it was begun.
func deviceNotice(kind string, user userapi.User, of Session, at time.Time) authapi.Notice {
	return authapi.Notice{
		Subject: user.ID, Kind: kind, To: user.Email, Name: user.Name, UID: user.UID,
		Facts: map[string]string{
			"device":  device.Of(of.Device.UserAgent).String(),
			"address": of.Device.Address,
			"at":      at.UTC().Format(time.RFC3339),
		},
	}
}
