package mail_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/auth-service/internal/mail"
	"gatehouse/auth-service/internal/redisstore"
	"gatehouse/internal/redistest"
)

// office is a queue on a real Redis, a real mail server, and a clock of the test's own.
type office struct {
	*testing.T
	box    *mailbox
	server *redistest.Server
	redis  redis.UniversalClient
	queue  *redisstore.MailQueue
	links  *links
	log    *logbook
	ms     atomic.Int64
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, box: newMailbox(t), server: redistest.Start(t), links: new(links), log: new(logbook)}
	o.redis = o.server.Client()
	o.ms.Store(noon.UnixMilli())
	o.queue = redisstore.NewMailQueue(o.redis, o.now, rand.Text)
	return o
}

func (o *office) now() time.Time        { return time.UnixMilli(o.ms.Load()) }
func (o *office) goOn(by time.Duration) { o.ms.Add(by.Milliseconds()) }

// work starts a worker on the store; the function it gives ends it and waits until it has gone.
func (o *office) work(store mail.Store) (stop func()) {
	o.Helper()
	w := &mail.Worker{
		Store: store, Links: o.links, Sender: o.box.sender(plain), Now: o.now, Log: slog.New(slog.NewJSONHandler(o.log, nil)),
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				o.Errorf("the worker ended with %v", err)
			}
		})
	}
	o.Cleanup(stop)
	return stop
}

func (o *office) enqueue(messages ...mail.Message) {
	o.Helper()
	if err := o.queue.Enqueue(o.Context(), messages...); err != nil {
		o.Fatal(err)
	}
}

// age makes every mail that is under way look as if it had been taken so long ago.
func (o *office) age(by time.Duration) {
	o.Helper()
	pending, err := o.redis.XPendingExt(o.Context(), &redis.XPendingExtArgs{
		Stream: "{mail}:queue", Group: "senders", Start: "-", End: "+", Count: 100,
	}).Result()
	if err != nil || len(pending) == 0 {
		o.Fatalf("%d mails are under way, %v", len(pending), err)
	}
	for _, p := range pending {
		args := []any{"XCLAIM", "{mail}:queue", "senders", "auth-service", 0, p.ID, "IDLE", by.Milliseconds(), "JUSTID"}
		if err := o.redis.Do(o.Context(), args...).Err(); err != nil {
			o.Fatal(err)
		}
	}
}

// keeps waits until so many mails are on the queue, under way or not, and so many wait for another try.
func (o *office) keeps(queued, waiting int64) {
	o.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		q, err := o.redis.XLen(o.Context(), "{mail}:queue").Result()
		w, err2 := o.redis.ZCard(o.Context(), "{mail}:waits").Result()
		if err == nil && err2 == nil && q == queued && w == waiting {
			return
		}
		if time.Now().After(deadline) {
			o.Fatalf("%d are queued and %d wait, %v %v; want %d and %d", q, w, err, err2, queued, waiting)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// links issues always the same link, and keeps what it was asked.
type links struct {
	mu    sync.Mutex
	asked []string
	err   error
}

func (l *links) Issue(_ context.Context, subject string, kind mail.Kind, email string) (mail.Link, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, subject+" "+string(kind)+" "+email)
	if l.err != nil {
		return mail.Link{}, l.err
	}
	return mail.Link{Token: "id.S3CRET", Code: "C0DE-S3CR", Expires: noon.Add(15 * time.Minute)}, nil
}

func (l *links) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.asked)
}

// fail makes Issue fail from now on, or no longer.
func (l *links) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// logbook keeps log lines.
type logbook struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

type logLine struct {
	Level, Msg, Kind, Error string
	ID                      string `json:"message_id"`
	Try                     int
}

func (l *logbook) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.Write(line)
}

func (l *logbook) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

// said waits for a line of the log.
func (l *logbook) said(t *testing.T, msg string) logLine {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); <-time.After(5 * time.Millisecond) {
		for line := range strings.Lines(l.text()) {
			var parsed logLine
			if err := json.Unmarshal([]byte(line), &parsed); err == nil && parsed.Msg == msg {
				return parsed
			}
		}
	}
	t.Fatalf("nobody said %q:\n%s", msg, l.text())
	return logLine{}
}
