package session

import (
	"context"

	"gatehouse/internal/authapi"
)

// Notices tells people by mail.
type Notices interface {
	// Enqueue returns nil when the notices will be sent, whatever stops meanwhile. It never waits for a mail server.
	Enqueue(ctx context.Context, notices []authapi.Notice) error
}

// NoMail is the Notices where there is no mail server: nobody is told.
type NoMail struct{}

var _ Notices = NoMail{}

// Enqueue implements Notices.
func (NoMail) Enqueue(context.Context, []authapi.Notice) error { return nil }

func (s *Service) notify(ctx context.Context, notices []authapi.Notice) error {
	if len(notices) == 0 {
		return nil
	}
	if err := s.Notices.Enqueue(ctx, notices); err != nil {
		return down(err)
	}
	return nil
}
