package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/auth-service/internal/mail"
	"gatehouse/auth-service/internal/redisstore"
	"gatehouse/internal/userapi"
)

// mailing is the queue that mails are put on, and what sends them; without a mail server it takes none and sends none.
type mailing struct {
	queue  mail.Queue
	stored *redisstore.MailQueue // nil without a mail server, as the worker
	worker *mail.Worker
}

func newMailing(c *config, store redis.UniversalClient, users *userapi.Client, log *slog.Logger) mailing {
	if c.mailServer == nil {
		return mailing{queue: mail.Off{}}
	}
	queue := redisstore.NewMailQueue(store, time.Now, rand.Text)
	sender := &mail.Sender{
		Server: c.mailServer, From: c.mailFrom, Site: c.PublicURL, Now: time.Now, Dial: new(net.Dialer).DialContext,
	}
	return mailing{queue: queue, stored: queue, worker: &mail.Worker{
		Store: queue, Links: links{users, users}, Sender: sender, Now: time.Now, Log: log,
	}}
}

// run sends mails until the context ends.
func (m mailing) run(ctx context.Context) error {
	if m.worker == nil {
		return nil
	}
	return m.worker.Run(ctx)
}
