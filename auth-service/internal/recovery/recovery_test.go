package recovery_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/auth-service/internal/mail"
	"gatehouse/auth-service/internal/recovery"
	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
	"gatehouse/internal/redistest"
	"gatehouse/internal/throttle"
	"gatehouse/internal/userapi"
)

// directory is user-service: alice and her brother share an address, bob has none.
type directory struct {
	userapi.Directory
	mu       sync.Mutex
	down     error
	asked    []string
	recorded []userapi.Event
}

var (
	alice = userapi.User{ID: "7", UID: "alice", Name: "Alice", Role: "User", Email: "family@example.org"}
	allen = userapi.User{ID: "8", UID: "allen", Name: "Allen", Role: "User", Email: "family@example.org", Confirmed: true}
	bob   = userapi.User{ID: "9", UID: "bob", Name: "Bob", Role: "User"}
)

func (d *directory) Find(_ context.Context, typed string) ([]userapi.User, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, typed)
	switch typed {
	case "alice", "ALICE":
		return []userapi.User{alice}, d.down
	case "family@example.org":
		return []userapi.User{alice, allen}, d.down
	case "bob":
		return []userapi.User{bob}, d.down
	}
	return nil, d.down
}

func (d *directory) User(_ context.Context, id string) (userapi.User, error) {
	for _, u := range []userapi.User{alice, allen, bob} {
		if u.ID == id {
			return u, d.down
		}
	}
	return userapi.User{}, fault.New(fault.NotFound, "User %s not found", id)
}

func (d *directory) Record(_ context.Context, events []userapi.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.recorded = append(d.recorded, events...)
	return nil
}

// links takes the token "good", and alice's code "GOOD2345".
type links struct{ orders []userapi.Order }

func (l *links) Issue(_ context.Context, o userapi.Order) (userapi.Link, error) {
	l.orders = append(l.orders, o)
	return userapi.Link{Token: "id.sec+ret", Code: "GOOD2345", ExpiresAt: time.UnixMilli(1)}, nil
}

func (l *links) Reset(_ context.Context, r userapi.Reset) (userapi.User, error) {
	switch {
	case r.Token != "good" && (r.UID != "alice" || r.Code != "GOOD2345"):
		return userapi.User{}, userapi.LinkGone()
	case len(r.Password) < 8:
		return userapi.User{}, fault.New(fault.Invalid, "Password is missing, or is less than 8 characters")
	}
	return alice, nil
}

func (l *links) Confirm(_ context.Context, c userapi.Confirmation) (userapi.User, error) {
	if c.Token != "good" {
		return userapi.User{}, userapi.LinkGone()
	}
	return alice, nil
}

// post is a queue that keeps what was put on it.
type post struct {
	mu       sync.Mutex
	off      bool
	messages []mail.Message
}

func (p *post) Enqueue(_ context.Context, messages ...mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.messages = append(p.messages, messages...)
	return nil
}

func (p *post) Disabled() bool { return p.off }

type desk struct {
	*testing.T
	*recovery.Service
	users *directory
	links *links
	post  *post
	now   time.Time
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, users: new(directory), links: new(links), post: new(post), now: time.Now()}
	clock := func() time.Time { return d.now }
	site, _ := url.Parse("https://gate.example")
	d.Service = &recovery.Service{
		Users: d.users, Links: d.links, Mail: d.post, Throttle: throttle.New(redistest.Start(t).Client(), clock),
		Requests: recovery.NewRequests(), Key: []byte("0123456789abcdef0123456789abcdef"), Site: site, Now: clock,
		Log: slog.New(slog.DiscardHandler),
	}
	return d
}

// settle does all that was asked for.
func (d *desk) settle() {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	d.Requests.Run(ended)
}

var from = userapi.Origin{Address: "192.0.2.7", Agent: "Browser/1"}

func (d *desk) forgot(typed string) {
	d.Helper()
	if err := d.Forgot(d.Context(), typed, from); err != nil {
		d.Errorf("forgot %s: %v", typed, err)
	}
}

func TestForgotMailsEveryAccountThatIsMeant(t *testing.T) {
	d := open(t)
	for _, typed := range []string{"alice", "family@example.org", "bob", "nobody", strings.Repeat("x", 5000)} {
		d.forgot(typed)
	}
	if len(d.users.asked) > 0 {
		t.Error("somebody was looked for before the answer")
	}
	d.settle()
	var told []string
	for _, m := range d.post.messages {
		told = append(told, string(m.Kind)+" "+m.Fields.Subject+" "+m.To)
	}
	slices.Sort(told)
	want := []string{"reset 7 family@example.org", "reset 7 family@example.org", "reset 8 family@example.org"}
	if !slices.Equal(told, want) {
		t.Errorf("mails %q; want %q", told, want)
	}
	if len(d.users.recorded) != 3 || d.users.recorded[0].Action != "forgot" || d.users.recorded[0].Origin != from {
		t.Errorf("recorded %+v", d.users.recorded)
	}
}

func TestForgotWithinAMinuteIsAnsweredAndNotMailed(t *testing.T) {
	d := open(t)
	d.forgot("alice")
	d.forgot(" ALICE ") // the same to a person
	d.forgot("nobody")
	d.forgot("nobody")
	d.settle()
	if len(d.post.messages) != 1 || len(d.users.asked) != 2 {
		t.Errorf("%d mails, asked for %q", len(d.post.messages), d.users.asked)
	}
	d.now = d.now.Add(time.Minute)
	d.forgot("alice")
	d.settle()
	if len(d.post.messages) != 2 {
		t.Errorf("after a minute: %d mails", len(d.post.messages))
	}
}

func TestForgotFromOneAddressIsThrottled(t *testing.T) {
	d := open(t)
	for range 20 {
		d.forgot("nobody")
	}
	err := d.Forgot(t.Context(), "another", from)
	if f := fault.From(err); f.Kind != fault.TooManyRequests || f.RetryAfter != 30*time.Second {
		t.Errorf("%+v", f)
	}
}

func TestWithoutAMailServerItSaysSo(t *testing.T) {
	d := open(t)
	d.post.off = true
	for _, err := range []error{
		d.Forgot(t.Context(), "alice", from), d.Forgot(t.Context(), "nobody", from),
		d.SendVerification(t.Context(), principal.Principal{Subject: "7"}),
	} {
		if !fault.Is(err, fault.NotImplemented) || !strings.Contains(err.Error(), "ask an Admin") {
			t.Error(err)
		}
	}
}

func TestUserServiceDownIsNobodysBusiness(t *testing.T) {
	d := open(t)
	d.users.down = errors.New("down")
	d.forgot("alice")
	d.settle()
	if len(d.post.messages) != 0 {
		t.Error("a mail was queued")
	}
}

func TestTooManyRequestsAreUnavailable(t *testing.T) {
	r := recovery.NewRequests()
	var err error
	n := 0
	for ; err == nil && n < 5000; n++ {
		err = r.Add(func(context.Context) {})
	}
	if !fault.Is(err, fault.Unavailable) || n != 1001 {
		t.Errorf("after %d: %v", n, err)
	}
}

func TestGuessesAtACodeAreThrottledByName(t *testing.T) {
	d := open(t)
	guess := func(name, code string, n byte) error {
		return d.Reset(t.Context(), userapi.Reset{
			UID: name, Code: code, Password: "battery staple 9", Origin: userapi.Origin{Address: "192.0.2." + string('0'+rune(n))},
		})
	}
	for _, name := range []string{"alice", "nobody"} {
		for n := range byte(5) {
			if err := guess(name, "WRONG234", n); !userapi.IsLinkGone(err) {
				t.Errorf("%s, guess %d: %v", name, n, err)
			}
		}
		if err := guess(name, "GOOD2345", 6); !fault.Is(err, fault.TooManyRequests) {
			t.Errorf("%s: %v; want no more guesses, from wherever", name, err)
		}
	}
	if err := d.Reset(t.Context(), userapi.Reset{Token: "good", Password: "battery staple 9", Origin: from}); err != nil {
		t.Errorf("the link: %v; want it untouched by guesses", err)
	}
}

func TestAWeakPasswordCostsNoAttempt(t *testing.T) {
	d := open(t)
	for range 30 {
		err := d.Reset(t.Context(), userapi.Reset{UID: "alice", Code: "GOOD2345", Password: "weak", Origin: from})
		if !fault.Is(err, fault.Invalid) || userapi.IsLinkGone(err) {
			t.Fatal(err)
		}
	}
	if err := d.Reset(t.Context(), userapi.Reset{UID: "alice", Code: "GOOD2345", Password: "battery staple 9", Origin: from}); err != nil {
		t.Error(err)
	}
}

func TestConfirm(t *testing.T) {
	d := open(t)
	if err := d.Confirm(t.Context(), userapi.Confirmation{Token: "good", Origin: from}); err != nil {
		t.Error(err)
	}
	if err := d.Confirm(t.Context(), userapi.Confirmation{Token: "bad", Origin: from}); !userapi.IsLinkGone(err) {
		t.Error(err)
	}
}

func TestVerificationIsMailedToTheAddressThatWaits(t *testing.T) {
	d := open(t)
	for range 3 {
		if err := d.SendVerification(t.Context(), principal.Principal{Subject: "7"}); err != nil {
			t.Error(err)
		}
	}
	if err := d.SendVerification(t.Context(), principal.Principal{Subject: "7"}); !fault.Is(err, fault.TooManyRequests) {
		t.Errorf("the fourth within a minute: %v", err)
	}
	for id, kind := range map[string]fault.Kind{"8": fault.Conflict, "9": fault.Conflict, "1": fault.NotFound} {
		if err := d.SendVerification(t.Context(), principal.Principal{Subject: id}); !fault.Is(err, kind) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if len(d.post.messages) != 3 || d.post.messages[0].Kind != mail.Verification || d.post.messages[0].To != alice.Email {
		t.Errorf("%+v", d.post.messages)
	}
}

func TestAnAdminHandsOutALink(t *testing.T) {
	d := open(t)
	admin := principal.Principal{Subject: "1", Role: principal.RoleAdmin, AuthTime: d.now.Add(-15 * time.Minute)}
	handed, err := d.HandOut(t.Context(), admin, "ALICE", from)
	if err != nil || handed.Link != "https://gate.example/reset#token=id.sec+ret" || handed.ExpiresAt.UnixMilli() != 1 {
		t.Errorf("%+v, %v", handed, err)
	}
	if want := (userapi.Order{ID: "7", Kind: userapi.LinkReset, By: "1", Origin: from}); len(d.links.orders) != 1 || d.links.orders[0] != want {
		t.Errorf("ordered %+v", d.links.orders)
	}
	if _, err := d.HandOut(t.Context(), admin, "family@example.org", from); !fault.Is(err, fault.NotFound) {
		t.Errorf("by an address: %v; want NotFound, it may be several", err)
	}
	stale, user := admin, admin
	stale.AuthTime, user.Role = d.now.Add(-15*time.Minute-time.Second), "Teacher"
	if _, err := d.HandOut(t.Context(), stale, "alice", from); fault.From(err).Reason != principal.ReasonStale {
		t.Errorf("a stale proof: %v", err)
	}
	if _, err := d.HandOut(t.Context(), user, "alice", from); !fault.Is(err, fault.Forbidden) {
		t.Errorf("no Admin: %v", err)
	}
}
