package user

import (
	"context"
	"errors"

	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
)

// Details are what an account is made from.
type Details struct {
	Name     string `json:"name"`
	UID      string `json:"uid"`
	Password string `json:"password"`
	Email    string `json:"email"`
	Role     string `json:"role"` // only an Admin's choice counts; empty for User
}

// clean checks the members in the order in which a person fills them in.
func (s *Service) clean(d Details) (Details, error) {
	return s.cleanWith(d, func(d Details) error { return s.Policy(d.Password, d.UID, d.Name) })
}

// cleanWith is clean with another look at the credential.
func (s *Service) cleanWith(d Details, credential func(Details) error) (_ Details, err error) {
	if d.Name, err = cleanName(d.Name); err != nil {
		return d, err
	}
	if d.UID, err = cleanUID(d.UID); err != nil {
		return d, err
	}
	if err = credential(d); err != nil {
		return d, err
	}
	if err = checkEmail(d.Email); err != nil {
		return d, err
	}
	return d, checkRole(d.Role)
}

// Register makes an account for a stranger. Invalid: a member breaks a rule, or the uid is taken. Forbidden: registration
// is closed. NotFound: the uid is unknown to the registry. Unavailable: too many hashes wait, or a dependency is down.
func (s *Service) Register(ctx context.Context, by Actor, d Details) (User, error) {
	if s.Closed {
		return User{}, fault.New(fault.Forbidden, "Registration is closed")
	}
	d.Role = principal.RoleUser
	d, err := s.clean(d)
	if err != nil {
		return User{}, err
	}
	if err := s.free(ctx, d); err != nil {
		return User{}, err
	}
	if err := s.registered(ctx, d.UID); err != nil {
		return User{}, err
	}
	return s.create(ctx, by, d)
}

// free spares the hash for a uid that is taken. The store has the last word.
func (s *Service) free(ctx context.Context, d Details) error {
	_, err := s.Store.ByUID(ctx, d.UID)
	if err == nil {
		return taken(d)
	}
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (s *Service) registered(ctx context.Context, uid string) error {
	if s.Registry == nil {
		return nil
	}
	known, err := s.Registry.Exists(ctx, uid)
	if err == nil && !known {
		return fault.New(fault.NotFound, "User ID %s not a valid GitHub account", uid)
	}
	return err
}

// create hashes outside of any transaction: no row stays locked while a hash waits for its turn.
func (s *Service) create(ctx context.Context, by Actor, d Details) (User, error) {
	hash, err := s.Passwords.Hash(ctx, d.Password)
	if err != nil {
		return User{}, err
	}
	u := User{UID: d.UID, Name: d.Name, Email: d.Email, Role: d.Role}
	created, err := s.Store.Create(ctx, by, Account{User: u, Hash: hash})
	if errors.Is(err, ErrTaken) {
		return User{}, taken(d)
	}
	return created, err
}

func taken(d Details) error {
	return invalid("Processed %s, either a format error or User ID %s is duplicate", d.Name, d.UID)
}
