package user

import (
	"context"
	"errors"
	"time"

	"gatehouse/internal/fault"
)

// FreshSignIn is how recent a sign-in must be to stand for the current password.
const FreshSignIn = 15 * time.Minute

// Patch is a change of an account; members that are nil stay as they are.
type Patch struct {
	UID             *string `json:"uid"` // whose account; nil for the actor's own
	Name            *string `json:"name"`
	Password        *string `json:"password"`
	CurrentPassword *string `json:"current_password"`
	Email           *string `json:"email"` // empty: none
	Role            *string `json:"role"`
	Disabled        *bool   `json:"disabled"`
	Picture         *string `json:"pfp"` // empty: none
}

// Change applies a patch. Forbidden: not the actor's own account, or a role, or the current password is wrong. NotFound:
// an Admin named nobody. Invalid: a member breaks a rule. Conflict: no Admin would be left, or the password was changed
// meanwhile. Unavailable: too many hashes wait, or the store is down.
func (s *Service) Change(ctx context.Context, by Actor, p Patch) (User, error) {
	uid := by.UID
	if p.UID != nil {
		uid = *p.UID
	}
	own := Fold(uid) == Fold(by.UID)
	if !by.IsAdmin() && (!own || p.Role != nil || p.Disabled != nil) {
		return User{}, forbidden()
	}
	account, err := s.account(ctx, uid)
	if err != nil {
		return User{}, refusal(err, uid)
	}
	if account, err = p.apply(account); err != nil {
		return User{}, err
	}
	edit := Edit(p.apply)
	if p.Password != nil {
		if edit, err = s.changePassword(ctx, by, account, p); err != nil {
			return User{}, err
		}
	}
	changed, err := s.Store.Update(ctx, by, uid, edit)
	return changed, refusal(err, uid)
}

// apply gives the account with the patch's members but the password, each checked.
func (p Patch) apply(a Account) (Account, error) {
	var err error
	if p.Name != nil {
		a.Name, err = cleanName(*p.Name)
	}
	if p.Email != nil {
		a.Email, err = *p.Email, errors.Join(err, checkEmail(*p.Email))
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

// changePassword proves the right to a new password and hashes it, all before any row is locked; the edit then holds only
// while the hash is still the one that was proved.
func (s *Service) changePassword(ctx context.Context, by Actor, a Account, p Patch) (Edit, error) {
	if err := s.Policy(*p.Password, a.UID, a.Name); err != nil {
		return nil, err
	}
	if by.ID == a.ID {
		if err := s.provePassword(ctx, by, a, p.CurrentPassword); err != nil {
			return nil, err
		}
	}
	hash, err := s.Passwords.Hash(ctx, *p.Password)
	if err != nil {
		return nil, err
	}
	return func(now Account) (Account, error) {
		if now.Hash != a.Hash {
			return now, fault.New(fault.Conflict, "Password was changed meanwhile: please try again")
		}
		now.Hash = hash
		return p.apply(now)
	}, nil
}

// provePassword takes the current password or, without one, a fresh sign-in.
func (s *Service) provePassword(ctx context.Context, by Actor, a Account, current *string) error {
	if current == nil || *current == "" {
		if s.Now().Sub(by.AuthTime) <= FreshSignIn {
			return nil
		}
		return fault.New(fault.Forbidden, "Current password is missing")
	}
	fits, _, err := s.Passwords.Verify(ctx, a.Hash, *current)
	if err == nil && !fits {
		return fault.New(fault.Forbidden, "Current password is wrong")
	}
	return err
}
