package mail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/tally"
)

// Entry is a message that a Store has handed out.
type Entry struct {
	Message
	Receipt string    // by which the store knows it
	Queued  time.Time // when it was put on the queue
	Tries   int       // how many have failed before
}

// Store hands out what was put on the queue, each message at least once.
type Store interface {
	// Take gives messages whose time has come, at most n, and waits a moment for some. One that was taken a minute ago
	// and neither Done nor put off since is handed out again: its taker is gone.
	Take(ctx context.Context, n int) ([]Entry, error)
	// Done forgets a message.
	Done(ctx context.Context, e Entry) error
	// PutOff keeps a message back until it is due again, with one more failed try.
	PutOff(ctx context.Context, e Entry, due time.Time) error
}

// The limits of a worker. A try ends well before the store would hand its message to somebody else.
const (
	atOnce      = 4                // mails under way at a time
	tryLimit    = 40 * time.Second // for one try
	settleLimit = 3 * time.Second  // for telling the store what became of it, at shutdown too
	pause       = 2 * time.Second  // while the store cannot be read
)

// Worker sends what is on the queue. Any number may run, in any number of replicas.
type Worker struct {
	Store  Store
	Links  Links
	Sender *Sender
	Now    func() time.Time
	Log    *slog.Logger
	// Outcomes counts the tries: sent, dropped, given up, put off.
	Outcomes tally.Tally[string]
}

// Run works until the context ends, and leaves then what is under way: the store hands it out again.
func (w *Worker) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		entries, err := w.Store.Take(ctx, atOnce)
		if err != nil && ctx.Err() == nil {
			w.Log.Warn("mail queue cannot be read", "error", err)
			wait(ctx, pause)
		}
		var batch sync.WaitGroup
		for _, e := range entries {
			batch.Go(func() { w.handle(ctx, e) })
		}
		batch.Wait()
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// handle tries one message. The log names it by kind and id alone.
func (w *Worker) handle(ctx context.Context, e Entry) {
	try, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	err := w.send(try, e.Message)
	if err != nil && ctx.Err() != nil {
		return // somebody else will take it
	}
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleLimit)
	defer cancel()
	log := w.Log.With("kind", e.Kind, "message_id", e.ID, "try", e.Tries+1)
	if err := w.settle(settling, log, e, err); err != nil {
		log.Warn("mail not settled: it will be tried again", "error", err)
	}
}

// settle tells the store and the log what came of a try.
func (w *Worker) settle(ctx context.Context, log *slog.Logger, e Entry, err error) error {
	due, again := e.next(w.Now())
	switch {
	case err == nil:
		w.Outcomes.Add("sent")
		log.Info("mail sent")
	case fault.Is(err, fault.NotFound):
		w.Outcomes.Add("dropped")
		log.Info("mail dropped", "error", err)
	case errors.Is(err, errUnsendable) || !again:
		w.Outcomes.Add("given up")
		log.Error("mail given up", "error", err)
	default:
		w.Outcomes.Add("put off")
		log.Warn("mail not sent", "error", err, "again", due)
		return w.Store.PutOff(ctx, e, due)
	}
	return w.Store.Done(ctx, e)
}

func (w *Worker) send(ctx context.Context, m Message) error {
	var link Link
	if m.Kind.needsLink() {
		var err error
		if link, err = w.Links.Issue(ctx, m.Fields.Subject, m.Kind, m.To); err != nil {
			return err
		}
	}
	return w.Sender.Send(ctx, m, link)
}

// How long to wait after each failed try; after the last of them, always as long.
var waits = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

// giveUpAfter is how long a message is tried.
const giveUpAfter = 24 * time.Hour

// next is when a message that has just failed is due again, if it is still to be tried then.
func (e Entry) next(now time.Time) (time.Time, bool) {
	due := now.Add(waits[min(e.Tries, len(waits)-1)])
	return due, due.Sub(e.Queued) <= giveUpAfter
}
