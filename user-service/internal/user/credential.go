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
// wrong; which of them, neither the answer nor its work tells: everybody costs two reads, one hash and one entry of the
// audit. Unavailable: too many hashes wait, or the store is down.
func (s *Service) Verify(ctx context.Context, from Origin, uid, password string) (User, error) {
	account, err := s.account(ctx, uid)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return User{}, err
	}
	standIn, err := s.Store.StandIn(ctx, s.place(uid)) // asked for whether it is needed or not
	if err != nil {
		return User{}, err
	}
	hash := account.Hash
	if hash == "" { // no such account, or one that waits for its first password
		hash = standIn
	}
	fits, stale, err := s.compare(ctx, hash, password)
	if err != nil {
		return User{}, err
	}
	stranger := Actor{Origin: from}
	if !fits || account.Hash == "" || account.Disabled {
		return User{}, s.refuse(ctx, wrongCredential(), stranger.failed(ActionLogin, account.User, s.Now(), Detail{}))
	}
	if stale {
		s.rehash(ctx, account, password)
	}
	by := Actor{ID: account.ID, UID: account.UID, Origin: from}
	return account.User, s.Store.SignedIn(ctx, by.Did(ActionLogin, account.User, s.Now(), Detail{}))
}

// Prove gives the user, who is signed in already, whose password this is. Unauthenticated: it is wrong, or the user is gone
// or disabled.
func (s *Service) Prove(ctx context.Context, from Origin, id int64, password string) (User, error) {
	u, err := s.Enabled(ctx, id)
	if err != nil {
		return User{}, unproved(err)
	}
	account, err := s.Store.ByUID(ctx, u.UID)
	if err != nil {
		return User{}, unproved(err)
	}
	fits, _, err := s.compare(ctx, account.Hash, password)
	if err != nil {
		return User{}, err
	}
	by := Actor{ID: u.ID, UID: u.UID, Origin: from}
	if !fits {
		return User{}, s.refuse(ctx, wrongCredential(), by.failed(ActionProof, u, s.Now(), Detail{}))
	}
	return account.User, s.Store.Record(ctx, by.Did(ActionProof, u, s.Now(), Detail{}))
}

// unproved is the answer to the proof of somebody who is not there any more.
func unproved(err error) error {
	if errors.Is(err, ErrNotFound) || fault.Is(err, fault.NotFound) {
		return wrongCredential()
	}
	return err
}

// compare verifies a password that somebody may have. One that nobody can have costs nothing, whoever it is for.
func (s *Service) compare(ctx context.Context, hash, password string) (fits, stale bool, err error) {
	if n := utf8.RuneCountInString(password); n == 0 || n > maxPassword {
		return false, false, nil
	}
	return s.Passwords.Verify(ctx, hash, password)
}

// rehash moves an account to today's hash. When that fails the old one still serves, and the next sign-in tries again.
func (s *Service) rehash(ctx context.Context, a Account, password string) {
	hash, err := s.Passwords.Hash(ctx, password)
	if err == nil {
		_, err = s.Store.Rehash(ctx, a.ID, a.Hash, hash)
	}
	if err != nil {
		s.Log.WarnContext(ctx, "password hash not renewed", "sub", a.ID, "error", err)
	}
}
