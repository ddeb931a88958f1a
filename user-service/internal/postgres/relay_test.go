package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
)

// relays: each change is delivered once, those of one subject in their order, whichever relay it is.
func relays(t *testing.T) {
	db := migrated(t)
	const subjects, changes = 12, 4
	ids := make([]int64, subjects)
	for i := range ids {
		ids[i] = signedUp(t, db, fmt.Sprint("user", i))
	}
	for range changes {
		for i := range ids {
			edit(t, db, fmt.Sprint("user", i), newHash)
		}
	}
	var auth authService
	var all sync.WaitGroup
	for range 2 {
		o := auth.outbox(db)
		all.Go(func() {
			for waiting(t, db) > 0 { // a relay may find everything taken by the other
				if err := round(o); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		if got := auth.kinds(id); got != "credential2 credential3 credential4 credential5" {
			t.Errorf("applied %q", got)
		}
	}
}

// flushWaits: while a relay has the change on its way, a flush does not say that all is done, and another relay goes on
// with other subjects.
func flushWaits(t *testing.T) {
	db := migrated(t)
	toby, grace := signedUp(t, db, "toby"), signedUp(t, db, "grace")
	edit(t, db, "toby", newHash)
	arrived, answer := make(chan struct{}), make(chan error)
	auth := &authService{before: func(changes []authapi.Change) error {
		if changes[0].Subject == strconv.FormatInt(grace, 10) {
			return nil
		}
		close(arrived)
		return <-answer
	}}
	relayed, flushed := make(chan error), make(chan error)
	go func() { relayed <- round(auth.outbox(db)) }()
	<-arrived

	edit(t, db, "grace", newHash)
	if err := round(auth.outbox(db)); err != nil || auth.kinds(grace) != "credential2" {
		t.Errorf("another relay: %v, applied %q", err, auth.kinds(grace))
	}
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := auth.outbox(db).Flush(short, toby); !fault.Is(err, fault.Unavailable) {
		t.Errorf("while it is on its way: %v", err)
	}
	go func() { flushed <- auth.outbox(db).Flush(context.Background(), toby) }()
	answer <- nil
	if err := errors.Join(<-relayed, <-flushed); err != nil || auth.kinds(toby) != "credential2" {
		t.Errorf("%v, applied %q", err, auth.kinds(toby))
	}
}

// poison: what auth-service never takes holds up its own subject alone.
func poison(t *testing.T) {
	db := migrated(t)
	bad, good := signedUp(t, db, "bad"), signedUp(t, db, "good")
	edit(t, db, "bad", newHash)
	edit(t, db, "bad", newHash)
	edit(t, db, "good", newHash)
	auth := &authService{before: func(changes []authapi.Change) error {
		if changes[0].Subject == strconv.FormatInt(bad, 10) {
			return fault.New(fault.Invalid, "no")
		}
		return nil
	}}
	o := auth.outbox(db)
	if err := round(o); !fault.Is(err, fault.Invalid) {
		t.Errorf("first round: %v", err)
	}
	if err := round(o); err != nil || auth.kinds(good) != "credential2" || auth.kinds(bad) != "" || waiting(t, db) != 2 {
		t.Errorf("%v, applied %q and %q, %d are waiting", err, auth.kinds(good), auth.kinds(bad), waiting(t, db))
	}
}
