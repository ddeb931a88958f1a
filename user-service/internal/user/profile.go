package user

import (
	"context"
	"errors"

	"gatehouse/internal/fault"
)

// Patch is a change of an account; members that are nil stay as they are.
type Patch struct {
	UID             *string `json:"uid"` // whose account; nil for the actor's own
	Name            *string `json:"name"`
	Password        *string `json:"password"`
	CurrentPassword *string `json:"current_password"` // the actor's: what else a fresh sign-in stands for
	Email           *string `json:"email"`            // empty: none
	Role            *string `json:"role"`
	Disabled        *bool   `json:"disabled"`
	Picture         *string `json:"pfp"` // empty: none
}

// Change applies a patch. Forbidden: not the actor's own account, or a role, or the current password is wrong, or the
// actor must prove who it is again. NotFound: an Admin named nobody. Invalid: a member breaks a rule. Conflict: no Admin
// would be left, or the password was changed meanwhile. Unavailable: too many hashes wait, or the store is down, or the
// change is made but has not reached every gateway.
func (s *Service) Change(ctx context.Context, by Actor, p Patch) (User, error) {
	changed, err := s.change(ctx, by, p)
	if fault.Is(err, fault.Forbidden) {
		err = s.refuse(ctx, err, p.refused(by, s.Now(), err))
	}
	return changed, err
}

func (s *Service) change(ctx context.Context, by Actor, p Patch) (User, error) {
	uid := by.UID
	if p.UID != nil {
		uid = *p.UID
	}
	if !by.IsAdmin() && (!by.is(uid) || p.Role != nil || p.Disabled != nil) {
		return User{}, forbidden()
	}
	account, err := s.account(ctx, uid)
	if err != nil {
		return User{}, refusal(err, uid)
	}
	edit, err := s.prepare(ctx, by, account, p)
	if err != nil {
		return User{}, err
	}
	changed, err := s.update(ctx, by, uid, edit)
	return changed, refusal(err, uid)
}

// prepare checks the patch against the account as it was read, and proves and hashes before any row is locked. The edit
// then holds only while that proof does.
func (s *Service) prepare(ctx context.Context, by Actor, a Account, p Patch) (Edit, error) {
	is, err := s.apply(by, a, p)
	if err != nil {
		return nil, err
	}
	if p.Password != nil {
		if err := s.Policy(*p.Password, is.UID, is.Name); err != nil {
			return nil, err
		}
	}
	proved := false
	if p.Password != nil || sensitive(a, is) {
		if err := s.prove(ctx, by, a.User, p); err != nil {
			return nil, err
		}
		proved = true
	}
	var hash string
	if p.Password != nil {
		if hash, err = s.Passwords.Hash(ctx, *p.Password); err != nil {
			return nil, err
		}
	}
	return func(now Account) (Account, error) {
		is, err := s.apply(by, now, p)
		if err == nil && sensitive(now, is) && !proved {
			err = reauthenticate()
		}
		if p.Password != nil {
			is.Hash = hash
			if now.Hash != a.Hash {
				err = fault.New(fault.Conflict, "Password was changed meanwhile: please try again")
			}
		}
		return is, err
	}, nil
}

// apply gives the account with the patch's members but the password, each checked.
func (s *Service) apply(by Actor, a Account, p Patch) (Account, error) {
	var err error
	if p.Name != nil {
		a.Name, err = cleanName(*p.Name)
	}
	if p.Email != nil {
		err = errors.Join(err, checkEmail(*p.Email))
		a.User = s.readdress(by, a.User, *p.Email)
	}
	if p.Role != nil {
		a.Role, err = *p.Role, errors.Join(err, checkRole(*p.Role))
	}
	if p.Picture != nil {
		a.Picture, err = *p.Picture, errors.Join(err, checkPicture(*p.Picture))
	}
	if p.Disabled != nil {
		a.Disabled = *p.Disabled
	}
	return a, err
}

// readdress gives the user with another e-mail address. Where there is mail, the owner's choice waits until it is
// confirmed, and the old address stays meanwhile; to choose the old one withdraws it. An Admin's choice for somebody else
// counts at once.
func (s *Service) readdress(by Actor, u User, email string) User {
	u.Pending = ""
	switch {
	case email == u.Email:
	case s.Mail && email != "" && by.ID == u.ID:
		u.Pending = email
	default:
		u.Email, u.Confirmed = email, false
	}
	return u
}
