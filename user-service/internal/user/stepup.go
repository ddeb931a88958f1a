package user

import (
	"context"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
)

func reauthenticate() error { return principal.Stale() }

// sensitive reports whether a change needs a proof: it could take an account away from its owner, or give power. A new
// password needs one too.
func sensitive(was, is Account) bool {
	asked := is.Pending != "" && was.Pending != is.Pending
	return asked || was.Email != is.Email || was.Role != is.Role || was.Disabled != is.Disabled
}

func (s *Service) fresh(by Actor) bool { return principal.IsFresh(by.AuthTime, s.Now()) }

// prove takes the actor's current password or, without one, a fresh sign-in.
func (s *Service) prove(ctx context.Context, by Actor, of User, p Patch) error {
	if p.CurrentPassword != nil && *p.CurrentPassword != "" {
		return s.provePassword(ctx, by, *p.CurrentPassword)
	}
	switch {
	case s.fresh(by):
		return nil
	case p.Password != nil && by.ID == of.ID:
		return &fault.Fault{Kind: fault.Forbidden, Message: "Current password is missing", Reason: principal.ReasonStale}
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
