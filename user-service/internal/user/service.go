package user

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"
	"unicode/utf8"

	"gatehouse/internal/fault"
)

// Service is what can be done with accounts.
type Service struct {
	Store     Store
	Outbox    Outbox
	Passwords Passwords
	Policy    func(password string, avoid ...string) error // nil, or a fault that says why not
	CheckHash func(hash string) error                      // nil, or a fault that says why it cannot be kept
	Registry  Registry                                     // nil: any uid will do
	Closed    bool                                         // nobody may sign up
	Mail      bool                                         // there is a mail server: a new address must be confirmed
	RingKey   []byte                                       // decides which account an unknown uid is verified against
	Now       func() time.Time
	Random    io.Reader
	Log       *slog.Logger
}

// forbidden is the answer to whoever would have to be an Admin.
func forbidden() error {
	return fault.New(fault.Forbidden, "Insufficient permissions. Required roles: [Admin]")
}

// account finds an account by a uid that anybody may have sent; what cannot be a uid is not looked for.
func (s *Service) account(ctx context.Context, uid string) (Account, error) {
	if utf8.RuneCountInString(uid) > maxUID || !plain(uid) {
		return Account{}, ErrNotFound
	}
	return s.Store.ByUID(ctx, uid)
}

// refusal turns what a store answers about the uid into what a person is told.
func refusal(err error, uid string) error {
	switch {
	case errors.Is(err, ErrNotFound):
		return fault.New(fault.NotFound, "User %s not found", shown(uid))
	case errors.Is(err, ErrLastAdmin):
		return fault.New(fault.Conflict, "User ID %s is the last enabled Admin: make another Admin first", uid)
	}
	return err
}

// shown is as much of a uid as a message repeats.
func shown(uid string) string {
	if runes := []rune(uid); len(runes) > maxUID {
		return string(runes[:maxUID]) + "…"
	}
	return uid
}
