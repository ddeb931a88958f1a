package mail_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/auth-service/internal/mail"
	"gatehouse/internal/fault"
)

func TestALinkIsIssuedWhenItsMailIsSentAndLiesNowhere(t *testing.T) {
	o := open(t)
	pages := map[mail.Kind]string{mail.Reset: "reset", mail.Invitation: "reset", mail.Verification: "verify"}
	for kind := range pages {
		o.enqueue(mail.Message{ID: string(kind), Kind: kind, To: "ada@example.org", Fields: mail.Fields{Subject: "7", UID: "ada"}})
	}
	o.work(o.queue) // the mail server is not there yet, and so the mails wait with all that belongs to them
	o.keeps(0, 3)
	dump, err := o.redis.ZRange(t.Context(), "{mail}:waits", 0, -1).Result()
	if err != nil || strings.Contains(strings.Join(dump, ""), "S3CR") {
		t.Errorf("what waits is %q, %v", dump, err)
	}
	o.box.start()
	o.goOn(10 * time.Second)
	for range pages {
		got := o.box.next()
		kind, _, _ := strings.Cut(strings.TrimPrefix(got.header.Get("Message-Id"), "<"), "@")
		link := "https://gate.example/" + pages[mail.Kind(kind)] + "#token=id.S3CRET"
		if !strings.Contains(got.text, link) || !strings.Contains(got.html, link) ||
			strings.Contains(got.text, "C0DE-S3CR") != (kind != string(mail.Verification)) {
			t.Errorf("%s: %s", kind, got.text)
		}
		if want := "7 " + kind + " ada@example.org"; !slices.Contains(o.links.all(), want) {
			t.Errorf("asked for %q; want %q", o.links.all(), want)
		}
	}
	o.keeps(0, 0)
	if o.log.said(t, "mail sent"); strings.Contains(o.log.text(), "S3CR") || strings.Contains(o.log.text(), "ada") {
		t.Errorf("the log tells too much:\n%s", o.log.text())
	}
}

func TestTheMailServerIsDownAndThenUp(t *testing.T) {
	o := open(t)
	o.enqueue(ada)
	o.work(o.queue)
	if line := o.log.said(t, "mail not sent"); line.Level != "WARN" || line.ID != "M1" || line.Kind != "new-device" || line.Try != 1 || !strings.Contains(line.Error, "refused") {
		t.Errorf("the log says %+v", line)
	}
	o.keeps(0, 1)
	o.box.start()
	o.goOn(10 * time.Second)
	if got := o.box.next(); got.header.Get("Message-Id") != "<M1@gate.example>" {
		t.Errorf("the mail is %v", got.header)
	}
	if line := o.log.said(t, "mail sent"); line.ID != "M1" || line.Try != 2 {
		t.Errorf("the log says %+v", line)
	}
	o.keeps(0, 0)
}

// dying is a store whose user dies at the moment when it would say that a mail is done.
type dying struct {
	mail.Store
	died chan struct{}
}

func (d dying) Done(context.Context, mail.Entry) error {
	close(d.died)
	return errors.New("killed")
}

func TestACrashBetweenSendingAndSettlingSendsItAgain(t *testing.T) {
	o := open(t)
	o.box.start()
	o.enqueue(ada)
	died := make(chan struct{})
	stop := o.work(dying{o.queue, died})
	first := o.box.next()
	<-died
	stop()
	o.keeps(1, 0)
	o.work(o.queue)
	o.log.said(t, "mail not settled: it will be tried again")
	o.age(2 * time.Minute)
	if second := o.box.next(); second.header.Get("Message-Id") != first.header.Get("Message-Id") {
		t.Errorf("the second is %v; want the id of the first", second.header)
	}
	o.keeps(0, 0)
}

// At shutdown nothing is waited for; what was under way another replica sends.
func TestAWorkerThatEndsLeavesItsMailToAnother(t *testing.T) {
	o := open(t)
	under, release := make(chan struct{}, 2), make(chan struct{})
	o.box.data = func() error {
		under <- struct{}{}
		<-release
		return errors.New("too late")
	}
	o.box.start()
	o.enqueue(ada)
	stop := o.work(o.queue)
	<-under
	stop() // although the server has the mail in its hands and says nothing
	o.keeps(1, 0)
	close(release)
	o.box.stop()
	o.box.data = nil
	o.box.start()
	o.age(2 * time.Minute)
	o.work(o.queue)
	o.box.next()
	o.keeps(0, 0)
}

func TestASlowServerKeepsNobodyFromEnqueuing(t *testing.T) {
	o := open(t)
	release := make(chan struct{})
	o.box.data = func() error { <-release; return nil }
	o.box.start()
	o.work(o.queue)
	begun := time.Now()
	for range 50 {
		o.enqueue(mail.Message{Kind: mail.RoleChanged, To: "ada@example.org", Fields: mail.Fields{UID: "ada", At: noon}})
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("50 mails took %v", took)
	}
	o.box.empty()
	close(release)
	ids := make(map[string]bool)
	for range 50 {
		ids[o.box.next().header.Get("Message-Id")] = true
	}
	if len(ids) != 50 {
		t.Errorf("%d different mails came; want 50", len(ids))
	}
	o.keeps(0, 0)
}

func TestWhatCanNeverBeSentIsGivenUpAtOnce(t *testing.T) {
	o := open(t)
	o.box.start()
	o.enqueue(
		mail.Message{ID: "M1", Kind: "no-such-kind", To: "ada@example.org"},
		mail.Message{ID: "M2", Kind: mail.NewDevice, To: "nobody"},
	)
	o.work(o.queue)
	o.keeps(0, 0)
	if line := o.log.said(t, "mail given up"); line.Level != "ERROR" || line.Try != 1 || strings.Count(o.log.text(), "mail given up") != 2 {
		t.Errorf("the log says %+v:\n%s", line, o.log.text())
	}
	o.box.empty()
}

func TestALinkForNobodyIsDropped(t *testing.T) {
	o := open(t)
	o.links.fail(fault.New(fault.NotFound, "User 7 not found"))
	o.box.start()
	o.enqueue(mail.Message{ID: "M1", Kind: mail.Reset, To: "ada@example.org", Fields: mail.Fields{Subject: "7"}})
	o.work(o.queue)
	o.log.said(t, "mail dropped")
	o.keeps(0, 0)
	o.box.empty()
}

func TestALinkThatCannotBeIssuedNowIsTriedAgain(t *testing.T) {
	o := open(t)
	o.links.fail(fault.Down("user-service", errors.New("no answer")))
	o.box.start()
	o.enqueue(mail.Message{ID: "M1", Kind: mail.Reset, To: "ada@example.org", Fields: mail.Fields{Subject: "7"}})
	o.work(o.queue)
	o.log.said(t, "mail not sent")
	o.keeps(0, 1)
	o.links.fail(nil)
	o.goOn(10 * time.Second)
	o.box.next()
	o.keeps(0, 0)
}

func TestRedisIsDownAndThenUp(t *testing.T) {
	o := open(t)
	o.box.start()
	o.work(o.queue)
	o.server.Stop()
	o.log.said(t, "mail queue cannot be read")
	o.server.Resume()
	o.enqueue(ada)
	o.box.next()
	o.keeps(0, 0)
}

func TestWithoutAMailServerNothingIsQueued(t *testing.T) {
	var queue mail.Queue = mail.Off{}
	if err := queue.Enqueue(t.Context(), ada); err != nil || !queue.Disabled() {
		t.Errorf("%v; disabled: %v", err, queue.Disabled())
	}
}
