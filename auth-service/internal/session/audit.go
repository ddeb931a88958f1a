package session

import (
	"context"

	"gatehouse/internal/fault"
	"gatehouse/internal/peer"
	"gatehouse/internal/userapi"
)

// What the audit calls that which happens here.
const (
	actionLogin     = "login"
	actionLogout    = "logout"
	actionRefresh   = "refresh"
	actionProof     = "proof"
	actionEndOne    = "end-session"
	actionEndOthers = "end-other-sessions"
	actionEndAll    = "end-all-sessions"
)

// Audit takes down what happened. It never fails the one who tells it: what cannot be taken down is for its own log.
type Audit interface {
	// Note takes an event down a little later, and never waits.
	Note(e userapi.Event)
	// Record takes an event down before it returns, if that can be done within two seconds; else it is a Note.
	Record(ctx context.Context, e userapi.Event)
}

// event is something that a user did, or tried to do, in their own account. The detail is names and values in turn.
func (s *Service) event(
	ctx context.Context, action, outcome, subject string, from Device, detail ...string,
) userapi.Event {
	e := userapi.Event{
		At: s.Now(), Action: action, Outcome: outcome, Actor: subject, Subject: subject,
		Origin: from.Origin(), RequestID: peer.RequestID(ctx),
	}
	if len(detail) > 0 {
		e.Detail = make(map[string]string, len(detail)/2)
	}
	for i := 0; i < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// throttled gives the error back. An attempt that was not let through is taken down.
func (s *Service) throttled(ctx context.Context, err error, action, subject string, from Device) error {
	if fault.Is(err, fault.TooManyRequests) {
		s.Audit.Note(s.event(ctx, action, userapi.Refused, subject, from, "reason", "throttled"))
	}
	return err
}

// Origin is the device in the words of user-service.
func (d Device) Origin() userapi.Origin {
	return userapi.Origin{Address: d.Address, Agent: d.UserAgent}
}
