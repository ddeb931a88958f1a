package user

import (
	"context"
	"time"

	"gatehouse/internal/fault"
)

// settleTime is how long a change waits for the gateways before its caller is told that it is still on its way.
const settleTime = 2 * time.Second

// update makes a change of an account and sees it through.
func (s *Service) update(ctx context.Context, by Actor, uid string, edit Edit) (User, error) {
	var ends bool
	changed, err := s.Store.Update(ctx, by, uid, func(was Account) (Account, error) {
		is, err := edit(was)
		ends = Changed(by, was, is, s.Now()).endSessions()
		return is, err
	})
	if err != nil || !ends {
		return changed, err
	}
	return changed, s.settle(ctx, changed.ID)
}

// settle waits for what ends sessions of the subject, and is committed already, to count at every gateway. Unavailable: it
// does not yet; the outbox goes on trying.
func (s *Service) settle(ctx context.Context, subject int64) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	err := s.Outbox.Flush(ctx, subject)
	if err == nil {
		return nil
	}
	return &fault.Fault{
		Kind:       fault.Unavailable,
		Message:    "The change is saved, but it has not reached every gateway yet. It will within moments.",
		RetryAfter: fault.RetryDefault,
		Err:        err,
	}
}

// refuse puts a refusal into the audit, and gives it back. One that cannot be recorded is the store's fault instead.
func (s *Service) refuse(ctx context.Context, refusal error, e Entry) error {
	if err := s.Store.Record(ctx, e); err != nil {
		return err
	}
	return refusal
}
