// Package audit brings what auth-service has to say to the audit, which user-service keeps.
//
// An event is sent at least once, and within a second when user-service answers. While it does not, events wait in memory: a
// sign-out is never delayed or refused because the audit is full. What finds no room any more, or is left at the end, is
// counted in the log.
package audit

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
)

const (
	room        = 2048                   // events that may wait: about 1 MB
	atOnce      = 100                    // events in one call
	linger      = 200 * time.Millisecond // for others that come along
	patience    = 2 * time.Second        // with one call
	firstWait   = time.Second            // after a call that failed
	longestWait = 30 * time.Second
)

// Recorder is who keeps the audit; a userapi.Directory is one.
type Recorder interface {
	Record(ctx context.Context, events []userapi.Event) error
}

// Trail is a session.Audit.
type Trail struct {
	keeper  Recorder
	log     *slog.Logger
	waiting chan userapi.Event
	lost    atomic.Int64 // since the last line in the log
	dropped atomic.Int64 // ever
}

var _ session.Audit = (*Trail)(nil)

// New makes a trail that leads to the keeper. What is noted is sent by Run.
func New(keeper Recorder, log *slog.Logger) *Trail {
	return &Trail{keeper: keeper, log: log, waiting: make(chan userapi.Event, room)}
}

// Note implements session.Audit.
func (t *Trail) Note(e userapi.Event) {
	select {
	case t.waiting <- e:
	default:
		t.lost.Add(1)
		t.dropped.Add(1)
	}
}

// Waiting is how many events are noted and not on their way yet.
func (t *Trail) Waiting() int { return len(t.waiting) }

// Lost is how many have found no room.
func (t *Trail) Lost() int64 { return t.dropped.Load() }

// Record implements session.Audit.
func (t *Trail) Record(ctx context.Context, e userapi.Event) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := t.keeper.Record(ctx, []userapi.Event{e}); err != nil {
		t.Note(e)
	}
}

// Run sends what is noted until the context ends, and then what is left, for as long as that succeeds.
func (t *Trail) Run(ctx context.Context) {
	var left []userapi.Event
	for ctx.Err() == nil {
		left = t.deliver(ctx, t.gather(ctx))
	}
	for left = t.fill(left); len(left) > 0 && t.send(left); left = t.fill(nil) {
	}
	if n := len(left) + len(t.waiting); n > 0 {
		t.log.Error("audit events lost at the end", "count", n)
	}
}

// gather waits for an event, and a little for others that may go with it.
func (t *Trail) gather(ctx context.Context) []userapi.Event {
	var events []userapi.Event
	select {
	case <-ctx.Done():
		return nil
	case e := <-t.waiting:
		events = append(events, e)
	}
	select {
	case <-ctx.Done():
	case <-time.After(linger):
	}
	return t.fill(events)
}

// fill adds events that wait, up to one call's worth.
func (t *Trail) fill(events []userapi.Event) []userapi.Event {
	for len(events) < atOnce {
		select {
		case e := <-t.waiting:
			events = append(events, e)
		default:
			return events
		}
	}
	return events
}

// deliver sends events until that succeeds. It gives them back when the context ends before.
func (t *Trail) deliver(ctx context.Context, events []userapi.Event) []userapi.Event {
	for wait := firstWait; len(events) > 0 && ctx.Err() == nil; wait = min(2*wait, longestWait) {
		if t.send(events) {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return events
}

// send is false when the events are to be sent again. Those that are no events to user-service never will be.
func (t *Trail) send(events []userapi.Event) bool {
	if n := t.lost.Swap(0); n > 0 {
		t.log.Error("audit events lost: too many wait", "count", n)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := t.keeper.Record(ctx, events)
	if fault.Is(err, fault.Invalid) {
		t.log.Error("audit events lost: they are not taken", "count", len(events), "error", err)
		return true
	}
	if err != nil {
		t.log.Warn("audit events not recorded yet", "count", len(events), "waiting", len(t.waiting), "error", err)
	}
	return err == nil
}
