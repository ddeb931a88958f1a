package user

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"
)

// MaxEvents is how many events one call may tell.
const MaxEvents = 1000

// Event is what auth-service tells of.
type Event struct {
	At             time.Time // zero: now
	Action         string
	Outcome        string
	Actor, Subject string // ids; empty for nobody
	Origin         Origin
	Detail         Detail
}

// Record puts what auth-service tells of into the audit. Invalid: it makes no sense, and none of it is kept.
func (s *Service) Record(ctx context.Context, events []Event) error {
	if len(events) > MaxEvents {
		return invalid("At most %d events can be told in one call", MaxEvents)
	}
	entries := make([]Entry, len(events))
	for i, e := range events {
		if !slices.Contains(actions, e.Action) || e.Outcome != Success && e.Outcome != Refused {
			return invalid("Event %d has an unknown action or outcome", i)
		}
		actor, err := s.named(ctx, e.Actor)
		if err != nil {
			return err
		}
		subject, err := s.named(ctx, e.Subject)
		if err != nil {
			return err
		}
		if e.At.IsZero() {
			e.At = s.Now()
		}
		by := Actor{ID: actor.ID, UID: actor.UID, Origin: e.Origin}
		entries[i] = by.Did(e.Action, subject, e.At, e.Detail)
		entries[i].Outcome = e.Outcome
	}
	return s.Store.Record(ctx, entries...)
}

// named is the user with an id; of one who is gone only the id is left.
func (s *Service) named(ctx context.Context, id string) (User, error) {
	if id == "" {
		return User{}, nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return User{}, invalid("%s is no user id", shown(id))
	}
	u, err := s.Store.ByID(ctx, n)
	if errors.Is(err, ErrNotFound) {
		return User{ID: n}, nil
	}
	return u, err
}
