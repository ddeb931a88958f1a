package user

import (
	"context"

	"gatehouse/internal/fault"
)

// Delete removes an account: an Admin's choice, or one's own. Invalid: no uid. Forbidden: another's, or the actor must
// prove who it is again. NotFound: nobody has the uid. Conflict: it is the last Admin who could act. Unavailable: the store
// is down, or the account is gone but that has not reached every gateway.
func (s *Service) Delete(ctx context.Context, by Actor, uid string) error {
	err := s.delete(ctx, by, uid)
	if !fault.Is(err, fault.Forbidden) {
		return err
	}
	var subject User
	if by.is(uid) {
		subject = User{ID: by.ID, UID: by.UID}
	}
	return s.refuse(ctx, err, by.failed(ActionDelete, subject, s.Now(), Detail{"reason": fault.From(err).Message}))
}

func (s *Service) delete(ctx context.Context, by Actor, uid string) error {
	switch {
	case uid == "":
		return invalid("User ID is missing")
	case !by.IsAdmin() && !by.is(uid):
		return forbidden()
	case !s.fresh(by):
		return reauthenticate()
	}
	account, err := s.account(ctx, uid)
	if err == nil {
		err = s.Store.Delete(ctx, by, account.UID)
	}
	if err != nil {
		return refusal(err, uid)
	}
	return s.settle(ctx, account.ID)
}
