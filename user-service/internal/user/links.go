package user

import (
	"context"
	"errors"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
)

// maxLinks is how many links of a kind an account may have at a time.
const maxLinks = 5

// LiveLink is a link that can be used, and whose it is.
type LiveLink struct {
	Link KeptLink
	User User
}

// Use is what a link does, all of it in one transaction.
type Use struct {
	Account Account // as it becomes
	By      Actor
	Action  string // of the audit entry, and what it says
	Detail  map[string]any
	Change  *authapi.Change // for auth-service; nil: nothing
	Ends    []string        // kinds of the account's links that go with this one
}

// Links keeps one-time links. Live are those that have not expired, whose user is enabled, and, where they are for a new
// password, whose user has had no other since.
type Links interface {
	// AddLink keeps a link; the oldest of its kind and subject go, so that at most so many are live. What is mailed and what
	// is handed out are counted apart: a stranger can ask for mails. Where there is an actor, the audit names who hands it
	// out. ErrNotFound: the subject is gone or disabled.
	AddLink(ctx context.Context, by Actor, l KeptLink, most int) error
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
	by := Actor{Origin: o.Origin}
	if o.By != 0 {
		if by, err = s.handingOut(ctx, o); err != nil {
			return Link{}, err
		}
	}
	life := mailedFor
	if o.By != 0 || o.Kind == userapi.LinkInvitation {
		life = handedFor
	}
	link, kept, err := s.newLink(u.ID, o.Kind, o.Email, life)
	if err != nil {
		return Link{}, err
	}
	if err = kept.holds(u); err == nil {
		err = s.Store.AddLink(ctx, by, kept, maxLinks)
	}
	if errors.Is(err, ErrNotFound) {
		err = noUser(u.ID)
	}
	return link, err
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

// handingOut is the Admin who hands a link out.
func (s *Service) handingOut(ctx context.Context, o LinkOrder) (Actor, error) {
	admin, err := s.Enabled(ctx, o.By)
	if err == nil && !admin.activeAdmin() {
		err = noUser(o.By)
	}
	return Actor{ID: admin.ID, UID: admin.UID, Role: admin.Role, Origin: o.Origin}, err
}

func noUser(id int64) error { return fault.New(fault.NotFound, "User %d not found", id) }

// suits reports whether the address that a link was mailed to is still the user's.
func (l KeptLink) suits(u User) bool {
	if l.Kind == userapi.LinkVerification {
		return l.Email == u.Email || l.Email == u.Pending
	}
	return l.Email == "" || l.Email == u.Email
}

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
