package redisstore

import (
	"context"
	_ "embed"
	"encoding/json"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/auth-service/internal/mail"
)

// The keys of the mail queue; the braces put them on one node of a cluster.
const (
	mailQueue = "{mail}:queue"
	mailWaits = "{mail}:waits"
	mailGroup = "senders"
	// All replicas are one consumer: what one has taken another may claim, and none leaves its name behind for ever.
	mailConsumer = "auth-service"
)

const (
	mailLimit  = 100_000     // mails; far over what a day of a broken mail server leaves, and 40 MB
	mailClaim  = time.Minute // after it whoever has taken a mail is gone
	mailMoment = time.Second // how long to wait for new ones, and how late a repeated one may be
)

// MailQueue is a mail.Queue and the mail.Store behind it.
type MailQueue struct {
	redis redis.UniversalClient
	now   func() time.Time
	newID func() string
}

var (
	_ mail.Queue = (*MailQueue)(nil)
	_ mail.Store = (*MailQueue)(nil)
)

// NewMailQueue keeps mails through the client. newID makes the ids of messages that have none.
func NewMailQueue(client redis.UniversalClient, now func() time.Time, newID func() string) *MailQueue {
	return &MailQueue{redis: client, now: now, newID: newID}
}

// Disabled implements mail.Queue.
func (*MailQueue) Disabled() bool { return false }

// Enqueue implements mail.Queue.
func (q *MailQueue) Enqueue(ctx context.Context, messages ...mail.Message) error {
	_, err := q.redis.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, m := range messages {
			if m.ID == "" {
				m.ID = q.newID()
			}
			values := written(mail.Entry{Message: m, Queued: q.now()})
			pipe.XAdd(ctx, &redis.XAddArgs{Stream: mailQueue, MaxLen: mailLimit, Approx: true, Values: values})
		}
		return nil
	})
	return err
}

//go:embed maildue.lua
var mailDueSource string

var mailDue = redis.NewScript(mailDueSource)

// Take implements mail.Store.
func (q *MailQueue) Take(ctx context.Context, n int) ([]mail.Entry, error) {
	err := mailDue.Run(ctx, q.redis, []string{mailQueue, mailWaits}, q.now().UnixMilli(), n, mailLimit).Err()
	if err != nil {
		return nil, err
	}
	left, err := q.claim(ctx, n)
	if len(left) > 0 || err != nil {
		return left, err
	}
	streams, err := q.redis.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: mailGroup, Consumer: mailConsumer, Streams: []string{mailQueue, ">"}, Count: int64(n), Block: mailMoment,
	}).Result()
	if err == redis.Nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return entries(streams[0].Messages), nil
}

// claim takes what somebody took and never settled.
func (q *MailQueue) claim(ctx context.Context, n int) ([]mail.Entry, error) {
	left, _, err := q.redis.XAutoClaim(ctx, &redis.XAutoClaimArgs{
		Stream: mailQueue, Group: mailGroup, Consumer: mailConsumer, MinIdle: mailClaim, Start: "0", Count: int64(n),
	}).Result()
	if err != nil && strings.HasPrefix(err.Error(), "NOGROUP") {
		err = q.redis.XGroupCreateMkStream(ctx, mailQueue, mailGroup, "0").Err()
		if err != nil && strings.HasPrefix(err.Error(), "BUSYGROUP") {
			err = nil // another replica was faster
		}
	}
	return entries(left), err
}

// Done implements mail.Store.
func (q *MailQueue) Done(ctx context.Context, e mail.Entry) error {
	_, err := q.redis.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		remove(ctx, pipe, e)
		return nil
	})
	return err
}

// PutOff implements mail.Store.
func (q *MailQueue) PutOff(ctx context.Context, e mail.Entry, due time.Time) error {
	e.Tries++
	member, err := json.Marshal(written(e))
	if err != nil {
		return err
	}
	_, err = q.redis.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.ZAdd(ctx, mailWaits, redis.Z{Score: float64(due.UnixMilli()), Member: member})
		pipe.ZRemRangeByRank(ctx, mailWaits, 0, -mailLimit-1)
		remove(ctx, pipe, e)
		return nil
	})
	return err
}

func remove(ctx context.Context, pipe redis.Pipeliner, e mail.Entry) {
	pipe.XAck(ctx, mailQueue, mailGroup, e.Receipt)
	pipe.XDel(ctx, mailQueue, e.Receipt)
}

// Length is how many mails are on the queue, those that are under way among them, and how many are put off.
func (q *MailQueue) Length(ctx context.Context) (ready, putOff int64, err error) {
	pipe := q.redis.Pipeline()
	onQueue, waiting := pipe.XLen(ctx, mailQueue), pipe.ZCard(ctx, mailWaits)
	_, err = pipe.Exec(ctx)
	return onQueue.Val(), waiting.Val(), err
}
