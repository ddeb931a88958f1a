// Package recovery lets people in who have no password to show: with a one-time link or a typed code, from a mail or from
// the hand of an Admin. It also has addresses confirmed, which works the same way.
//
// What is asked for is answered alike and at once, whether or not there is such an account; the account is looked for
// afterwards. user-service makes the links and keeps only their digests; what a link does, it does in one transaction.
package recovery

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"gatehouse/auth-service/internal/mail"
	"gatehouse/internal/fault"
	"gatehouse/internal/peer"
	"gatehouse/internal/principal"
	"gatehouse/internal/throttle"
	"gatehouse/internal/uid"
	"gatehouse/internal/userapi"
)

// The budgets of attempts. A code has 40 bits and lives for 15 minutes: with ten guesses in that time nobody finds it.
var (
	perAddress   = throttle.Limit{Name: "recovery-address", Burst: 20, Every: 30 * time.Second}
	perName      = throttle.Limit{Name: "forgot-name", Burst: 1, Every: time.Minute} // mails, not answers
	perCode      = throttle.Limit{Name: "recovery-code", Burst: 5, Every: 3 * time.Minute}
	perRecipient = throttle.Limit{Name: "verification-mail", Burst: 3, Every: time.Minute}
)

// Throttle limits attempts over time, as throttle.Throttle does.
type Throttle interface {
	// Take charges an attempt to all keys or to none. TooManyRequests: a budget is used up. Unavailable: it cannot tell.
	Take(ctx context.Context, charges ...throttle.Charge) (throttle.Ticket, error)
}

// Service is what can be done without a password.
type Service struct {
	Users    userapi.Directory
	Links    userapi.Links
	Mail     mail.Queue
	Throttle Throttle
	Requests *Requests
	Key      []byte   // keeps what people type out of the throttle; all replicas share it
	Site     *url.URL // where people find the pages
	Now      func() time.Time
	Log      *slog.Logger
}

// noMail is the answer where there is no mail server.
func noMail() error {
	return fault.New(fault.NotImplemented, "There is no mail server here: ask an Admin for a one-time link.")
}

// Forgot has a mail sent to whoever is meant by what was typed, a uid or an e-mail address. The answer is the same whether
// or not there is somebody; one who asks again within a minute gets no second mail. TooManyRequests: from this address too
// often. NotImplemented: there is no mail server. Unavailable: too many requests wait.
func (s *Service) Forgot(ctx context.Context, typed string, from userapi.Origin) error {
	if s.Mail.Disabled() {
		return noMail()
	}
	if _, err := s.Throttle.Take(ctx, s.address(from)); err != nil {
		return err
	}
	_, err := s.Throttle.Take(ctx, throttle.Charge{Limit: perName, Key: s.name(typed)})
	if fault.Is(err, fault.TooManyRequests) {
		return nil
	}
	if err != nil {
		return err
	}
	id := peer.RequestID(ctx)
	return s.Requests.Add(func(ctx context.Context) { s.remind(peer.WithRequestID(ctx, id), typed, from) })
}

// remind looks for the accounts, and leaves each that has an address a mail to send.
func (s *Service) remind(ctx context.Context, typed string, from userapi.Origin) {
	found, err := s.Users.Find(ctx, typed)
	if err != nil {
		s.Log.WarnContext(ctx, "recovery: accounts cannot be looked for", "error", err)
		return
	}
	var messages []mail.Message
	var events []userapi.Event
	for _, u := range found {
		if u.Email == "" {
			continue
		}
		messages = append(messages, message(mail.Reset, u, u.Email))
		events = append(events, userapi.Event{At: s.Now(), Action: "forgot", Outcome: userapi.Success, Subject: u.ID, Origin: from, RequestID: peer.RequestID(ctx)})
	}
	if len(messages) == 0 {
		return
	}
	if err := errors.Join(s.Mail.Enqueue(ctx, messages...), s.Users.Record(ctx, events)); err != nil {
		s.Log.WarnContext(ctx, "recovery: mail not queued or not recorded", "error", err)
	}
}

func message(kind mail.Kind, u userapi.User, to string) mail.Message {
	return mail.Message{Kind: kind, To: to, Fields: mail.Fields{Subject: u.ID, Name: u.Name, UID: u.UID, Email: to}}
}

// Reset sets a password by a link, or by uid and code, and ends all sessions. Invalid: the link or code is not good, or the
// password is too weak, which costs nothing. TooManyRequests: too many attempts from this address or at this uid.
func (s *Service) Reset(ctx context.Context, r userapi.Reset) error {
	charges := []throttle.Charge{s.address(r.Origin)}
	if r.Token == "" {
		charges = append(charges, throttle.Charge{Limit: perCode, Key: s.name(r.UID)})
	}
	ticket, err := s.Throttle.Take(ctx, charges...)
	if err != nil {
		return err
	}
	if _, err = s.Links.Reset(ctx, r); !userapi.IsLinkGone(err) {
		ticket.Refund(ctx)
	}
	return err
}

// Confirm confirms an e-mail address by the token that was mailed to it. Invalid: the link is not good.
func (s *Service) Confirm(ctx context.Context, c userapi.Confirmation) error {
	ticket, err := s.Throttle.Take(ctx, s.address(c.Origin))
	if err != nil {
		return err
	}
	if _, err = s.Links.Confirm(ctx, c); !userapi.IsLinkGone(err) {
		ticket.Refund(ctx)
	}
	return err
}

// SendVerification mails a link to the caller's address that waits for its confirmation. Conflict: there is none.
func (s *Service) SendVerification(ctx context.Context, by principal.Principal) error {
	if s.Mail.Disabled() {
		return noMail()
	}
	u, err := s.Users.User(ctx, by.Subject)
	if err != nil {
		return err
	}
	to := u.Pending
	if to == "" && !u.Confirmed {
		to = u.Email
	}
	if to == "" {
		return fault.New(fault.Conflict, "There is no address to confirm.")
	}
	if _, err := s.Throttle.Take(ctx, throttle.Charge{Limit: perRecipient, Key: by.Subject}); err != nil {
		return err
	}
	if err := s.Mail.Enqueue(ctx, message(mail.Verification, u, to)); err != nil {
		return fault.Down("mail queue", err)
	}
	return nil
}

// Handed is a link that an Admin hands out.
type Handed struct {
	Link      string    `json:"link"`
	ExpiresAt time.Time `json:"expires_at"`
}

// HandOut makes a link by which somebody sets a password, for an Admin to hand out. NotFound: nobody enabled has the uid.
// Forbidden: the caller is no Admin, or the password was not proved of late.
func (s *Service) HandOut(ctx context.Context, by principal.Principal, name string, from userapi.Origin) (Handed, error) {
	if by.Role != principal.RoleAdmin {
		return Handed{}, fault.New(fault.Forbidden, "Insufficient permissions. Required roles: [%s]", principal.RoleAdmin)
	}
	if !by.Fresh(s.Now()) {
		return Handed{}, principal.Stale()
	}
	u, err := s.named(ctx, name)
	if err != nil {
		return Handed{}, err
	}
	link, err := s.Links.Issue(ctx, userapi.Order{ID: u.ID, Kind: userapi.LinkReset, By: by.Subject, Origin: from})
	if err != nil {
		return Handed{}, err
	}
	page := s.Site.JoinPath("reset")
	page.Fragment = "token=" + link.Token // a fragment reaches no server, and so no log
	return Handed{Link: page.String(), ExpiresAt: link.ExpiresAt}, nil
}

// named is the user with exactly this uid.
func (s *Service) named(ctx context.Context, name string) (userapi.User, error) {
	found, err := s.Users.Find(ctx, name)
	if err != nil {
		return userapi.User{}, err
	}
	for _, u := range found {
		if uid.Fold(u.UID) == uid.Fold(name) {
			return u, nil
		}
	}
	return userapi.User{}, fault.New(fault.NotFound, "User %s not found", name)
}

func (s *Service) address(from userapi.Origin) throttle.Charge {
	return throttle.Charge{Limit: perAddress, Key: throttle.AddressKey(from.Address)}
}

// name stands for what was typed: it may be long, or a password in the wrong field.
func (s *Service) name(typed string) string {
	h := hmac.New(sha256.New, s.Key)
	h.Write([]byte("recovery of a name v1\x00" + uid.Fold(strings.TrimSpace(typed))))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
