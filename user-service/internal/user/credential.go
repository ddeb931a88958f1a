package user

import (
	"context"
	"errors"
	"unicode/utf8"

	"gatehouse/internal/fault"
)

// wrongCredential is the one answer to unknown, wrong and disabled.
func wrongCredential() error { return fault.New(fault.Unauthenticated, "Invalid user id or password") }

// Verify gives the user whose credential this is. Unauthenticated: the uid is unknown or disabled, or the password is
// wrong; which of them, neither the answer nor its time tells. Unavailable: too many hashes wait, or the store is down.
func (s *Service) Verify(ctx context.Context, uid, password string) (User, error) {
	if n := utf8.RuneCountInString(password); n == 0 || n > maxPassword {
		return User{}, wrongCredential() // nobody has such a password
	}
	account, err := s.account(ctx, uid)
	known := err == nil
	if !known && !errors.Is(err, ErrNotFound) {
		return User{}, err
	}
	// Without an account the hash is empty, which costs a dummy one.
	fits, stale, err := s.Passwords.Verify(ctx, account.Hash, password)
	if err != nil {
		return User{}, err
	}
	if !known || !fits || account.Disabled {
		return User{}, wrongCredential()
	}
	if stale {
		s.rehash(ctx, account, password)
	}
	return account.User, s.Store.SignedIn(ctx, account.ID, s.Now())
}

// rehash moves an account to today's hash. When that fails the old one still serves, and the next sign-in tries again.
func (s *Service) rehash(ctx context.Context, a Account, password string) {
	hash, err := s.Passwords.Hash(ctx, password)
	if err == nil {
		_, err = s.Store.Rehash(ctx, a.ID, a.Hash, hash)
	}
	if err != nil {
		s.Log.Warn("password hash not renewed", "sub", a.ID, "error", err)
	}
}

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
