package redisstore

import (
	"context"
	"time"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/tally"
)

// Counted is a session.Store that counts what becomes of sessions. One that runs out by itself is not noticed.
type Counted struct {
	session.Store
	Changes tally.Tally[string] // "begun" and "ended"
	Offers  tally.Tally[session.Outcome]
}

var _ session.Store = (*Counted)(nil)

// Create implements session.Store.
func (c *Counted) Create(ctx context.Context, s session.Session) (bool, error) {
	admitted, err := c.Store.Create(ctx, s)
	if admitted {
		c.Changes.Add("begun")
	}
	return admitted, err
}

// Rotate implements session.Store.
func (c *Counted) Rotate(
	ctx context.Context, sid string, counter uint64, epoch int64, now time.Time,
) (session.Session, uint64, session.Outcome, error) {
	s, counter, outcome, err := c.Store.Rotate(ctx, sid, counter, epoch, now)
	if err == nil {
		c.Offers.Add(outcome)
	}
	return s, counter, outcome, err
}

// End implements session.Store.
func (c *Counted) End(ctx context.Context, sid string) error {
	err := c.Store.End(ctx, sid)
	if err == nil {
		c.Changes.Add("ended")
	}
	return err
}
