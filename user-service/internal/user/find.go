package user

import (
	"context"
	"errors"

	"gatehouse/internal/fault"
)

// maxFound is how many users one address may stand for: more is no family, and each gets a mail.
const maxFound = 10

// Enabled gives a user who may act, with the role of this moment. NotFound: gone or disabled.
func (s *Service) Enabled(ctx context.Context, id int64) (User, error) {
	u, err := s.Store.ByID(ctx, id)
	if err == nil && u.Disabled {
		err = ErrNotFound
	}
	if errors.Is(err, ErrNotFound) {
		return User{}, fault.New(fault.NotFound, "User %d not found", id)
	}
	return u, err
}

// Find gives the enabled users that somebody may mean who typed a uid or an e-mail address. It is one read, whatever is
// found.
func (s *Service) Find(ctx context.Context, typed string) ([]User, error) {
	if len(typed) > maxEmailBytes || !plain(typed) {
		typed = "" // nobody has it
	}
	return s.Store.Find(ctx, typed, maxFound)
}
