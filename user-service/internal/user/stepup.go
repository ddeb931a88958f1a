package user

import (
	"context"
	"time"

	"gatehouse/internal/fault"
)

// FreshSignIn is how recent the proof of a password must be for what an account can be taken with.
const FreshSignIn = 15 * time.Minute

// stale is the reason by which a page knows that it must ask for the password and repeat the call.
const stale = "reauthentication required"

func reauthenticate() error {
	return &fault.Fault{Kind: fault.Forbidden, Message: "Please enter your password again to go on.", Reason: stale}
}

// sensitive reports whether a change needs a proof: it could take an account away from its owner, or give power. A new
// password needs one too.
func sensitive(was, is Account) bool {
	asked := is.Pending != "" && was.Pending != is.Pending
	return asked || was.Email != is.Email || was.Role != is.Role || was.Disabled != is.Disabled
}

func (s *Service) fresh(by Actor) bool { return s.Now().Sub(by.AuthTime) <= FreshSignIn }

// prove takes the actor's current password or, without one, a fresh sign-in.
func (s *Service) prove(ctx context.Context, by Actor, of User, p Patch) error {
	if p.CurrentPassword != nil && *p.CurrentPassword != "" {
		return s.provePassword(ctx, by, *p.CurrentPassword)
	}
	switch {
	case s.fresh(by):
		return nil
	case p.Password != nil && by.ID == of.ID:
		return &fault.Fault{Kind: fault.Forbidden, Message: "Current password is missing", Reason: stale}
	}
	return reauthenticate()
}

func (s *Service) provePassword(ctx context.Context, by Actor, current string) error {
	account, err := s.Store.ByUID(ctx, by.UID)
	if err != nil {
		return refusal(err, by.UID)
	}
	fits, _, err := s.compare(ctx, account.Hash, current)
	if err == nil && !fits {
		return fault.New(fault.Forbidden, "Current password is wrong")
	}
	return err
}

// refused is the audit's entry of a patch that was refused, under the gravest of its actions.
func (p Patch) refused(by Actor, at time.Time, why error) Entry {
	action := ActionUpdate
	switch {
	case p.Password != nil:
		action = ActionPassword
	case p.Role != nil:
		action = ActionRole
	case p.Disabled != nil:
		action = ActionDisable
	}
	var subject User
	if p.UID == nil || by.is(*p.UID) {
		subject = User{ID: by.ID, UID: by.UID}
	}
	return by.failed(action, subject, at, Detail{"reason": fault.From(why).Message})
}
