package user

import (
	"context"
	"errors"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
)

// What the audit tells of links.
const (
	ActionInvite = "invite" // an Admin hands a link out, or somebody accepts an invitation
	ActionReset  = "reset"
	ActionVerify = "verify"
)

// How many links of a kind an account may have at a time: those that are handed out, and those that are mailed. A stranger
// can ask for two mails a minute, and must not push out a link that its owner is about to use.
const (
	maxLinks  = 5
	maxMailed = 2 * int(mailedFor/time.Minute)
)

// LiveLink is a link that can be used, and whose it is.
type LiveLink struct {
	Link KeptLink
	User User
}

// Use is what a link does, all of it in one transaction.
type Use struct {
	Consequences
	Ends []string // kinds of the account's links that go with this one
}

// Links keeps one-time links. Live are those that have not expired, whose user is enabled, and, where they are for a new
// password, whose user has had no other since.
type Links interface {
	// AddLink keeps a link; the oldest of its kind and subject go, so that at most so many are live. What is mailed and what
	// is handed out are counted apart: a stranger can ask for mails. The entries go into the audit. ErrNotFound: the subject
	// is gone or disabled.
	AddLink(ctx context.Context, l KeptLink, most int, entries ...Entry) error
	// LiveLink gives a live link by its id, or ErrNotFound.
	LiveLink(ctx context.Context, id string) (LiveLink, error)
	// LiveLinks gives the newest live links for a new password of whoever has the uid or the e-mail address.
	LiveLinks(ctx context.Context, typed string, most int) ([]LiveLink, error)
	// UseLink removes a live link and does what use says, while nobody else can change the account; with an error of use
	// nothing is changed. ErrNotFound: it is live no more.
	UseLink(ctx context.Context, id string, use func(KeptLink, Account) (Use, error)) (User, error)
	// DropLinks removes links that have expired, at most so many, and tells how many.
	DropLinks(ctx context.Context, most int) (int, error)
}

// LinkOrder asks for a link. It goes out by mail to Email, or is handed out by an Admin.
type LinkOrder struct {
	Subject int64
	Kind    string
	Email   string
	By      int64 // user id of the Admin; 0 when it is mailed
	Origin  Origin
}

// Issue makes a link. Invalid: there is no such kind, or neither an address nor an Admin. NotFound: the user is gone or
// disabled, or has another address by now, or the Admin is one no more.
func (s *Service) Issue(ctx context.Context, o LinkOrder) (Link, error) {
	if err := o.check(); err != nil {
		return Link{}, err
	}
	u, err := s.Enabled(ctx, o.Subject)
	if err != nil {
		return Link{}, err
	}
	entries, err := s.handOut(ctx, o, u)
	if err != nil {
		return Link{}, err
	}
	link, kept, err := s.newLink(u.ID, o.Kind, o.Email, o.life())
	if err == nil {
		err = kept.holds(u)
	}
	if err == nil {
		err = s.Store.AddLink(ctx, kept, o.most(), entries...)
	}
	if errors.Is(err, ErrNotFound) {
		err = noUser(u.ID)
	}
	return link, err
}

func (o LinkOrder) most() int {
	if o.By != 0 {
		return maxLinks
	}
	return maxMailed
}

func (o LinkOrder) life() time.Duration {
	if o.By != 0 || o.Kind == userapi.LinkInvitation {
		return handedFor
	}
	return mailedFor
}

// check: a link that confirms an address is worth something only when it came by mail.
func (o LinkOrder) check() error {
	mailed, handed := o.Email != "", o.By != 0
	switch o.Kind {
	case userapi.LinkReset, userapi.LinkInvitation:
		if mailed != handed {
			return nil
		}
	case userapi.LinkVerification:
		if mailed && !handed {
			return nil
		}
	}
	return invalid("There is no such one-time link")
}

// handOut is what the audit says of an Admin who hands a link out. What is mailed was asked for, which auth-service tells.
func (s *Service) handOut(ctx context.Context, o LinkOrder, to User) ([]Entry, error) {
	if o.By == 0 {
		return nil, nil
	}
	admin, err := s.Enabled(ctx, o.By)
	if err == nil && !admin.activeAdmin() {
		err = noUser(o.By)
	}
	return []Entry{admin.self(o.Origin).Did(ActionInvite, to, s.Now(), Detail{"kind": o.Kind})}, err
}

func noUser(id int64) error { return fault.New(fault.NotFound, "User %d not found", id) }

// forgetBatch is how many links are removed by one statement.
const forgetBatch = 1000

// ForgetLinks removes links that have expired, at each tick, until the context ends.
func (s *Service) ForgetLinks(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		for n := forgetBatch; n == forgetBatch; {
			var err error
			if n, err = s.Store.DropLinks(ctx, forgetBatch); err != nil && ctx.Err() == nil {
				s.Log.Warn("expired links not removed", "error", err)
			}
		}
	}
}
