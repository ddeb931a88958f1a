package redisstore_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/auth-service/internal/mail"
	"gatehouse/auth-service/internal/redisstore"
	"gatehouse/internal/redistest"
)

// post is a queue on a real Redis with a clock of the test's own.
type post struct {
	*testing.T
	*redisstore.MailQueue
	redis redis.UniversalClient
	now   time.Time
}

func newPost(t *testing.T, server *redistest.Server) *post {
	p := &post{T: t, redis: server.Client(), now: time.UnixMilli(1_800_000_000_123)}
	p.MailQueue = redisstore.NewMailQueue(p.redis, func() time.Time { return p.now }, rand.Text)
	return p
}

func (p *post) put(ids ...string) {
	p.Helper()
	var messages []mail.Message
	for _, id := range ids {
		messages = append(messages, mail.Message{ID: id, Kind: mail.RoleChanged, To: "ada@example.org"})
	}
	if err := p.Enqueue(p.Context(), messages...); err != nil {
		p.Fatal(err)
	}
}

// take takes and checks the ids of what comes.
func (p *post) take(want ...string) []mail.Entry {
	p.Helper()
	entries, err := p.Take(p.Context(), 10)
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	if err != nil || strings.Join(ids, " ") != strings.Join(want, " ") {
		p.Fatalf("taken are %v, %v; want %v", ids, err, want)
	}
	return entries
}

func (p *post) done(e mail.Entry) {
	p.Helper()
	if err := p.Done(p.Context(), e); err != nil {
		p.Fatal(err)
	}
}

func (p *post) putOff(e mail.Entry, by time.Duration) {
	p.Helper()
	if err := p.PutOff(p.Context(), e, p.now.Add(by)); err != nil {
		p.Fatal(err)
	}
}

// age makes every mail that is under way look as if it had been taken so long ago.
func (p *post) age(by time.Duration) {
	p.Helper()
	pending, err := p.redis.XPendingExt(p.Context(), &redis.XPendingExtArgs{
		Stream: "{mail}:queue", Group: "senders", Start: "-", End: "+", Count: 100,
	}).Result()
	if err != nil || len(pending) == 0 {
		p.Fatalf("%d mails are under way, %v", len(pending), err)
	}
	for _, x := range pending {
		args := []any{"XCLAIM", "{mail}:queue", "senders", "auth-service", 0, x.ID, "IDLE", by.Milliseconds(), "JUSTID"}
		if err := p.redis.Do(p.Context(), args...).Err(); err != nil {
			p.Fatal(err)
		}
	}
}

// keys checks how much Redis keeps.
func (p *post) keys(queued, waiting int64) {
	p.Helper()
	q, err := p.redis.XLen(p.Context(), "{mail}:queue").Result()
	w, err2 := p.redis.ZCard(p.Context(), "{mail}:waits").Result()
	if err != nil || err2 != nil || q != queued || w != waiting {
		p.Fatalf("%d are queued and %d wait, %v %v; want %d and %d", q, w, err, err2, queued, waiting)
	}
}

func TestMailsComeOutAsTheyWentIn(t *testing.T) {
	p := newPost(t, redistest.Start(t))
	want := mail.Message{ID: "M1", Kind: mail.NewDevice, To: "ädä@example.org", Fields: mail.Fields{
		Subject: "7", Name: "A \"b\"\r\n\x00\u2028é", UID: "ada", Email: "e@x", Pending: true, Role: "R", Device: "D", Address: "::1",
		At: time.Date(2027, 3, 4, 12, 0, 0, 5, time.UTC),
	}}
	if err := p.Enqueue(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got := p.take("M1")[0]
	if got.Message != want || !got.Queued.Equal(p.now) || got.Tries != 0 {
		t.Errorf("%+v; want %+v", got, want)
	}
	p.putOff(got, 0)
	p.now = p.now.Add(time.Hour)
	again := p.take("M1")[0]
	if again.Message != want || !again.Queued.Equal(got.Queued) || again.Tries != 1 {
		t.Errorf("after it was put off: %+v; want %+v", again, want)
	}
}

func TestEachMailIsHandedOutOnceAndForgotten(t *testing.T) {
	p := newPost(t, redistest.Start(t))
	p.put("M1", "M2")
	first := p.take("M1", "M2")
	p.take()
	p.done(first[0])
	p.done(first[0]) // twice is no error
	p.keys(1, 0)
	p.done(first[1])
	p.keys(0, 0)
	if pending, err := p.redis.XPending(t.Context(), "{mail}:queue", "senders").Result(); err != nil || pending.Count != 0 {
		t.Errorf("%d are under way, %v", pending.Count, err)
	}
}

func TestMessagesWithoutAnIDGetOne(t *testing.T) {
	p := newPost(t, redistest.Start(t))
	p.put("", "")
	entries, err := p.Take(t.Context(), 10)
	if err != nil || len(entries) != 2 || len(entries[0].ID) < 20 || entries[0].ID == entries[1].ID {
		t.Errorf("%+v, %v", entries, err)
	}
}

func TestWhatWasTakenAMinuteAgoIsHandedOutAgain(t *testing.T) {
	server := redistest.Start(t)
	p, other := newPost(t, server), newPost(t, server)
	p.put("M1")
	taken := p.take("M1")[0]
	p.age(59 * time.Second)
	other.take()
	p.age(60 * time.Second)
	if again := other.take("M1")[0]; again.Receipt != taken.Receipt || again.Message != taken.Message {
		t.Errorf("%+v; want %+v", again, taken)
	}
	p.take() // for another minute
}

func TestAMailThatWasPutOffComesWhenItIsDue(t *testing.T) {
	server := redistest.Start(t)
	p := newPost(t, server)
	p.put("M1", "M2")
	for i, e := range p.take("M1", "M2") {
		p.putOff(e, time.Duration(2-i)*time.Minute)
	}
	p.keys(0, 2)
	p.now = p.now.Add(time.Minute - time.Millisecond)
	p.take()
	server.Stop()
	server.Resume() // nothing of it is lost
	p.now = p.now.Add(time.Millisecond)
	p.done(p.take("M2")[0])
	p.now = p.now.Add(time.Minute)
	p.done(p.take("M1")[0])
	p.keys(0, 0)
}

func TestTheQueueSurvivesTheLossOfItsGroup(t *testing.T) {
	p := newPost(t, redistest.Start(t))
	p.put("M1")
	p.take("M1")
	if err := p.redis.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	p.put("M2")
	p.take("M2")
}

func TestWhatIsNoMailCannotBeSentButComesOut(t *testing.T) {
	p := newPost(t, redistest.Start(t))
	for _, values := range [][]string{{"a", "b"}, {"id", "M1", "kind", "reset", "to", "ada@example.org", "fields", "{", "tries", "x"}} {
		if err := p.redis.XAdd(t.Context(), &redis.XAddArgs{Stream: "{mail}:queue", Values: values}).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range p.take("", "M1") {
		if e.Kind != "" || e.To != "" {
			t.Errorf("%+v", e)
		}
		p.done(e)
	}
	p.keys(0, 0)
}

// fill puts what is no mail on the queue and among those that wait, quickly.
const fill = `
for n = 1, ARGV[1] do
  redis.call('XADD', '{mail}:queue', '*', 'id', 'old')
  redis.call('ZADD', '{mail}:waits', ARGV[2], ARGV[3] .. n)
end`

func TestTheQueueIsBounded(t *testing.T) {
	const limit, step = 100_000, 5_000
	p := newPost(t, redistest.Start(t))
	later := p.now.Add(time.Hour).UnixMilli()
	for n := 0; n <= limit; n += step {
		if err := p.redis.Eval(t.Context(), fill, []string{"{mail}:queue"}, step, later, fmt.Sprint(n, "/")).Err(); err != nil && err != redis.Nil {
			t.Fatal(err)
		}
	}
	p.put("new")
	queued, err := p.redis.XLen(t.Context(), "{mail}:queue").Result()
	last, err2 := p.redis.XRevRangeN(t.Context(), "{mail}:queue", "+", "-", 1).Result()
	if err != nil || err2 != nil || queued < limit || queued > limit+1000 || last[0].Values["id"] != "new" {
		t.Errorf("%d are queued, the last of them %v, %v %v; want about %d", queued, last, err, err2, limit)
	}
	entries, err := p.Take(t.Context(), 1)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	p.putOff(entries[0], 48*time.Hour)
	waiting, err := p.redis.ZCard(t.Context(), "{mail}:waits").Result()
	newest, err2 := p.redis.ZRevRange(t.Context(), "{mail}:waits", 0, 0).Result()
	if err != nil || err2 != nil || waiting != limit || !strings.Contains(newest[0], `"tries","1"`) {
		t.Errorf("%d wait, the last of them %v, %v %v; want %d", waiting, newest, err, err2, limit)
	}
}

func TestAMailQueueThatIsDownIsAnError(t *testing.T) {
	server := redistest.Start(t)
	p := newPost(t, server)
	server.Stop()
	if err := p.Enqueue(t.Context(), mail.Message{ID: "M1"}); err == nil {
		t.Error("Enqueue says that it has been done")
	}
	if entries, err := p.Take(t.Context(), 1); err == nil {
		t.Errorf("Take gives %v", entries)
	}
	if err := p.Done(t.Context(), mail.Entry{Receipt: "1-1"}); err == nil {
		t.Error("Done says that it has been done")
	}
	if err := p.PutOff(t.Context(), mail.Entry{Receipt: "1-1"}, p.now); err == nil {
		t.Error("PutOff says that it has been done")
	}
}
