package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"gatehouse/auth-service/internal/mail"
	"gatehouse/internal/redistest"
)

// recipients is a mail server that tells to whom mails come.
type recipients chan string

func (r recipients) NewSession(*smtp.Conn) (smtp.Session, error) { return r, nil }
func (r recipients) Mail(string, *smtp.MailOptions) error        { return nil }
func (r recipients) Rcpt(to string, _ *smtp.RcptOptions) error   { r <- to; return nil }
func (r recipients) Data(body io.Reader) error                   { _, err := io.Copy(io.Discard, body); return err }
func (recipients) Reset()                                        {}
func (recipients) Logout() error                                 { return nil }

func (r recipients) start(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(r)
	go server.Serve(ln)
	t.Cleanup(func() { server.Close() })
	return ln.Addr().(*net.TCPAddr).Port
}

// What any replica puts on the queue the running program sends.
func TestTheProgramSendsMails(t *testing.T) {
	redis, came := redistest.Start(t), make(recipients, 1)
	environ := append(environment(t, redis.URL(), "http://127.0.0.1:1"), fmt.Sprintf("SMTP_URL=smtp://127.0.0.1:%d", came.start(t)))
	c := load(t, environ)
	m := newMailing(c, redis.Client(), nil, slog.New(slog.DiscardHandler))
	if m.queue.Disabled() {
		t.Fatal("the queue is disabled")
	}
	if err := m.queue.Enqueue(t.Context(), mail.Message{Kind: mail.RoleChanged, To: "ada@example.org"}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx, slog.New(slog.DiscardHandler), c, world{now: time.Now}) }()
	select {
	case to := <-came:
		if to != "ada@example.org" {
			t.Errorf("a mail came to %s", to)
		}
	case err := <-done:
		t.Fatalf("it ended with %v", err)
	case <-time.After(20 * time.Second):
		t.Error("no mail came")
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestWithoutAMailServerNothingIsQueued(t *testing.T) {
	redis := redistest.Start(t)
	m := newMailing(load(t, environment(t, redis.URL(), "http://127.0.0.1:1")), redis.Client(), nil, slog.New(slog.DiscardHandler))
	if !m.queue.Disabled() {
		t.Error("the queue is not disabled")
	}
	if err := m.queue.Enqueue(t.Context(), mail.Message{Kind: mail.RoleChanged, To: "ada@example.org"}); err != nil {
		t.Fatal(err)
	}
	if err := m.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := redis.Client().DBSize(t.Context()).Result(); err != nil || n != 0 {
		t.Errorf("Redis has %d keys, %v", n, err)
	}
}
