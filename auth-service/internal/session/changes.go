package session

import (
	"context"
	"fmt"

	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
)

var _ authapi.Sessions = (*Service)(nil)

// Apply implements authapi.Sessions. The notices come last: whatever fails before is done again, and nobody is told twice.
func (s *Service) Apply(ctx context.Context, changes []authapi.Change) error {
	var notices []authapi.Notice
	for _, c := range changes {
		if err := s.apply(ctx, c); err != nil {
			return err
		}
		for i, n := range c.Notices {
			n.ID, n.Subject = fmt.Sprintf("change-%d-%d", c.ID, i), c.Subject
			notices = append(notices, n)
		}
	}
	return s.notify(ctx, notices)
}

func (s *Service) apply(ctx context.Context, c authapi.Change) error {
	switch c.Kind {
	case authapi.Credential:
		return s.outdate(ctx, c, func(of Session) bool { return of.Epoch < c.Epoch && of.ID != c.Keep })
	case authapi.Closed:
		return s.closeAccount(ctx, c)
	case authapi.Role:
		return s.revokeTokens(ctx, c.Subject)
	case authapi.NoticeOnly:
		return nil
	}
	return fault.New(fault.Invalid, "%q is no kind of change", c.Kind)
}

// outdate ends sessions of the epochs before a change. The mark comes first: a login that is under way is refused by it, or
// was let in before and is found. A refresh that is under way meets a session that is gone, or makes a token that is
// revoked with it.
func (s *Service) outdate(ctx context.Context, c authapi.Change, over func(Session) bool) error {
	if err := s.Store.Outdate(ctx, c.Subject, c.Epoch); err != nil {
		return down(err)
	}
	_, err := s.endThose(ctx, c.Subject, over)
	return err
}

// closeAccount ends all sessions of an account that is gone or disabled. A change that has an epoch spares what is newer:
// it may come again when the account is enabled anew.
func (s *Service) closeAccount(ctx context.Context, c authapi.Change) error {
	if err := s.revokeTokens(ctx, c.Subject); err != nil {
		return err
	}
	return s.outdate(ctx, c, func(of Session) bool { return c.Epoch == 0 || of.Epoch < c.Epoch })
}

// revokeTokens refuses the access tokens of a user from before this moment; sessions stay and get new ones.
func (s *Service) revokeTokens(ctx context.Context, subject string) error {
	if err := s.Revoked.User(ctx, subject, s.Now()); err != nil {
		return down(err)
	}
	return nil
}
