package user

import "context"

// Delete removes an account. Forbidden: the actor is no Admin. Invalid: no uid. NotFound: nobody has it. Conflict: it is
// the last Admin who could act.
func (s *Service) Delete(ctx context.Context, by Actor, uid string) error {
	if !by.IsAdmin() {
		return forbidden()
	}
	if uid == "" {
		return invalid("User ID is missing")
	}
	account, err := s.account(ctx, uid)
	if err == nil {
		err = s.Store.Delete(ctx, by, account.UID)
	}
	return refusal(err, uid)
}
