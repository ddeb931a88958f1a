package session

import (
	"context"
	"strconv"

	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
	"gatehouse/internal/userapi"
)

// When one of these returns nil, no gateway accepts an access token of what it ended.

// EndOne ends a session of the caller's own, which may be the one that asks. NotFound: there is none, or it is another's.
func (s *Service) EndOne(ctx context.Context, by principal.Principal, sid string, from Device) error {
	of, err := s.Store.Find(ctx, sid)
	switch {
	case err != nil:
		return down(err)
	case of.Subject != by.Subject:
		s.Audit.Note(s.event(ctx, actionEndOne, userapi.Refused, by.Subject, from, "reason", "not found"))
		return fault.New(fault.NotFound, "Session not found")
	}
	if err := s.end(ctx, sid); err != nil {
		return err
	}
	s.Audit.Record(ctx, s.event(ctx, actionEndOne, userapi.Success, by.Subject, from, "sid", sid))
	return nil
}

// EndOthers ends all sessions of the caller but the one that asks. Forbidden: the password must be proved again.
func (s *Service) EndOthers(ctx context.Context, by principal.Principal, from Device) error {
	if err := s.mayEndMany(ctx, by, from, actionEndOthers); err != nil {
		return err
	}
	ended, err := s.endOthers(ctx, by)
	if err == nil {
		s.recordEnded(ctx, by, from, actionEndOthers, ended)
	}
	return err
}

// EndAll ends all sessions of the caller. Forbidden: the password must be proved again.
func (s *Service) EndAll(ctx context.Context, by principal.Principal, from Device) error {
	if err := s.mayEndMany(ctx, by, from, actionEndAll); err != nil {
		return err
	}
	ended, err := s.endOthers(ctx, by)
	if err == nil {
		err = s.end(ctx, by.SessionID) // the last, so that the caller can repeat what failed
	}
	if err == nil {
		s.recordEnded(ctx, by, from, actionEndAll, ended+1)
	}
	return err
}

func (s *Service) mayEndMany(ctx context.Context, by principal.Principal, from Device, action string) error {
	if by.Fresh(s.Now()) {
		return nil
	}
	s.Audit.Note(s.event(ctx, action, userapi.Refused, by.Subject, from, "reason", principal.ReasonStale))
	return principal.Stale()
}

func (s *Service) endOthers(ctx context.Context, by principal.Principal) (int, error) {
	return s.endThose(ctx, by.Subject, func(of Session) bool { return of.ID != by.SessionID })
}

// endThose ends sessions of a user, and says how many.
func (s *Service) endThose(ctx context.Context, subject string, which func(Session) bool) (ended int, err error) {
	all, err := s.Store.Of(ctx, subject, s.Now())
	if err != nil {
		return 0, down(err)
	}
	for _, of := range all {
		if !which(of) {
			continue
		}
		if err := s.end(ctx, of.ID); err != nil {
			return ended, err
		}
		ended++
	}
	return ended, nil
}

func (s *Service) recordEnded(ctx context.Context, by principal.Principal, from Device, action string, ended int) {
	s.Audit.Record(ctx, s.event(ctx, action, userapi.Success, by.Subject, from, "count", strconv.Itoa(ended)))
}
