package user

import (
	"context"
	"errors"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
)

// lookAt is how many links one code is compared with at most: those of several accounts with one e-mail address.
const lookAt = 200

// Reset is a new password, by a token or by what a person typed: a uid or an e-mail address, and a code.
type Reset struct {
	Token    string
	UID      string
	Code     string
	Password string
	Origin   Origin
}

// Reset sets a password by a link, and ends all sessions and all other links for a new password. Invalid: the link is
// unknown, expired or used, whichever of them; or the password is too weak, and the link stays good. Unavailable: too many
// hashes wait, or the store is down, and the link stays good; or the password is set, but the end of the sessions has not
// reached every gateway.
func (s *Service) Reset(ctx context.Context, r Reset) (User, error) {
	u, err := s.reset(ctx, r)
	if err != nil {
		return User{}, s.linkGone(ctx, err, ActionReset, r.Origin)
	}
	return u, s.settle(ctx, u.ID)
}

func (s *Service) reset(ctx context.Context, r Reset) (User, error) {
	live, err := s.live(ctx, r)
	if err != nil {
		return User{}, err
	}
	if err := s.Policy(r.Password, live.User.UID, live.User.Name); err != nil {
		return User{}, err
	}
	hash, err := s.Passwords.Hash(ctx, r.Password)
	if err != nil {
		return User{}, err
	}
	return s.Store.UseLink(ctx, live.Link.ID, func(l KeptLink, a Account) (Use, error) {
		return l.reset(a, r.Origin, hash, s.Now()), l.holds(a.User)
	})
}

// live is the link that a person has, or ErrNotFound.
func (s *Service) live(ctx context.Context, r Reset) (LiveLink, error) {
	if r.Token == "" {
		return s.typed(ctx, r.UID, r.Code)
	}
	live, err := s.byToken(ctx, r.Token)
	if err == nil && live.Link.Kind == userapi.LinkVerification {
		err = ErrNotFound
	}
	return live, err
}

func (s *Service) byToken(ctx context.Context, token string) (LiveLink, error) {
	id, secret, ok := readToken(token)
	if !ok {
		return LiveLink{}, ErrNotFound
	}
	live, err := s.Store.LiveLink(ctx, id)
	if err == nil && !live.Link.opens(secret) {
		err = ErrNotFound
	}
	return live, err
}

// typed asks the store the same whether or not there is such an account.
func (s *Service) typed(ctx context.Context, who, code string) (LiveLink, error) {
	code, ok := readCode(code)
	if !ok || len(who) > maxEmailBytes || !plain(who) {
		return LiveLink{}, ErrNotFound
	}
	links, err := s.Store.LiveLinks(ctx, who, lookAt)
	if err != nil {
		return LiveLink{}, err
	}
	for _, live := range links {
		if live.Link.opensBy(code) {
			return live, nil
		}
	}
	return LiveLink{}, ErrNotFound
}

// reset is what a link for a new password does. Who has the mail has the address.
func (l KeptLink) reset(a Account, from Origin, hash string, at time.Time) Use {
	a.Hash, a.Epoch, a.Kept = hash, a.Epoch+1, ""
	a.Confirmed = a.Confirmed || l.Email != ""
	action := ActionReset
	if l.Kind == userapi.LinkInvitation {
		action = ActionInvite
	}
	entry := a.self(from).Did(action, a.User, at, Detail{"mailed": l.Email != ""})
	c := Consequences{Account: a, Entries: []Entry{entry}}
	c.tell(a.User, authapi.Credential, notice(authapi.NoticePasswordReset, a.User, a.Email, facts(at)))
	return Use{Consequences: c, Ends: []string{userapi.LinkReset, userapi.LinkInvitation}}
}

// Confirm makes the address that a link was mailed to the user's confirmed one. Invalid: the link is unknown, expired or
// used, or the address is the user's no more.
func (s *Service) Confirm(ctx context.Context, token string, from Origin) (User, error) {
	live, err := s.byToken(ctx, token)
	if err == nil && live.Link.Kind != userapi.LinkVerification {
		err = ErrNotFound
	}
	var u User
	if err == nil {
		u, err = s.Store.UseLink(ctx, live.Link.ID, func(l KeptLink, a Account) (Use, error) {
			return l.confirm(a, from, s.Now()), l.holds(a.User)
		})
	}
	return u, s.linkGone(ctx, err, ActionVerify, from)
}

// confirm is what a link that was mailed to an address does. The address before is told.
func (l KeptLink) confirm(a Account, from Origin, at time.Time) Use {
	old := a.Email
	if a.Email != l.Email {
		a.Email, a.Pending = l.Email, ""
	}
	a.Confirmed = true
	entry := a.self(from).Did(ActionVerify, a.User, at, Detail{"changed": old != a.Email})
	c := Consequences{Account: a, Entries: []Entry{entry}}
	if old != a.Email {
		c.tell(a.User, authapi.NoticeOnly, notice(authapi.NoticeEmailChanged, a.User, old, facts(at, "email", a.Email)))
	}
	return Use{Consequences: c}
}

// self is the user who acts on the own account: whoever has the link.
func (u User) self(from Origin) Actor { return Actor{ID: u.ID, UID: u.UID, Role: u.Role, Origin: from} }

// linkGone tells a person the same of all links and codes that are not good, and the audit that there was one.
func (s *Service) linkGone(ctx context.Context, err error, action string, from Origin) error {
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	gone := userapi.LinkGone()
	nobody := Actor{Origin: from}
	return s.refuse(ctx, gone, nobody.failed(action, User{}, s.Now(), Detail{"reason": fault.From(gone).Message}))
}
