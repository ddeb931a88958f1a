package mail_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/auth-service/internal/mail"
)

// ticket is a store of one mail, whose clock goes on to when the mail is due again. It ends the worker after the mail.
type ticket struct {
	entry mail.Entry
	now   time.Time
	tried []time.Duration // since the mail was queued
	end   func()
}

func (k *ticket) Take(context.Context, int) ([]mail.Entry, error) {
	k.tried = append(k.tried, k.now.Sub(k.entry.Queued))
	return []mail.Entry{k.entry}, nil
}

func (k *ticket) PutOff(_ context.Context, e mail.Entry, due time.Time) error {
	k.entry.Tries, k.now = e.Tries+1, due
	return nil
}

func (k *ticket) Done(context.Context, mail.Entry) error { k.end(); return nil }

// A day of tries at a server that is down, and then one line in the log.
func TestTriesAndGivingUp(t *testing.T) {
	box, log := newMailbox(t), new(logbook)
	ctx, cancel := context.WithCancel(t.Context())
	k := &ticket{entry: mail.Entry{Message: ada, Queued: noon}, now: noon, end: cancel}
	sender := box.sender(plain)
	w := &mail.Worker{Store: k, Sender: sender, Now: func() time.Time { return k.now }, Log: slog.New(slog.NewJSONHandler(log, nil))}
	if err := w.Run(ctx); err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{0}
	for _, wait := range []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute} {
		want = append(want, want[len(want)-1]+wait)
	}
	for next := want[4] + time.Hour; next <= 24*time.Hour; next += time.Hour {
		want = append(want, next)
	}
	if !slices.Equal(k.tried, want) {
		t.Errorf("it was tried after %v; want %v", k.tried, want)
	}
	text := log.text()
	if line := log.said(t, "mail given up"); line.Level != "ERROR" || line.ID != "M1" || line.Kind != "new-device" || line.Try != len(want) || strings.Count(text, "given up") != 1 {
		t.Errorf("the log says %+v", line)
	}
	if strings.Contains(text, "ada") {
		t.Errorf("the log tells who:\n%s", text)
	}
}
