package user

import (
	"context"
	"errors"
	"strconv"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/userapi"
)

// lookAt is how many links one code is compared with at most: those of several accounts with one e-mail address.
const lookAt = 50

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
// hashes wait, or the store is down; the link stays good.
func (s *Service) Reset(ctx context.Context, r Reset) (User, error) {
	live, err := s.live(ctx, r)
	if err != nil {
		return User{}, linkGone(err)
	}
	if err := s.Policy(r.Password, live.User.UID, live.User.Name); err != nil {
		return User{}, err
	}
	hash, err := s.Passwords.Hash(ctx, r.Password)
	if err != nil {
		return User{}, err
	}
	u, err := s.Store.UseLink(ctx, live.Link.ID, func(l KeptLink, a Account) (Use, error) {
		return l.reset(a, r.Origin, hash, s.Now()), l.holds(a.User)
	})
	return u, linkGone(err)
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
	a.Hash, a.Kept = hash, ""
	a.Epoch++
	a.Confirmed = a.Confirmed || l.Email != ""
	use := Use{
		Account: a, By: a.self(from), Action: "reset", Detail: map[string]any{"mailed": l.Email != ""},
		Change: &authapi.Change{Subject: strconv.FormatInt(a.ID, 10), Kind: authapi.Credential, Epoch: a.Epoch},
		Ends:   []string{userapi.LinkReset, userapi.LinkInvitation},
	}
	if l.Kind == userapi.LinkInvitation {
		use.Action = "invite"
	}
	if a.Email != "" {
		use.Change.Notices = []authapi.Notice{a.told(authapi.NoticePasswordReset, a.Email, at)}
	}
	return use
}

// Confirm makes the address that a link was mailed to the user's confirmed one. Invalid: the link is unknown, expired or
// used, or the address is the user's no more.
func (s *Service) Confirm(ctx context.Context, token string, from Origin) (User, error) {
	live, err := s.byToken(ctx, token)
	if err == nil && live.Link.Kind != userapi.LinkVerification {
		err = ErrNotFound
	}
	if err != nil {
		return User{}, linkGone(err)
	}
	u, err := s.Store.UseLink(ctx, live.Link.ID, func(l KeptLink, a Account) (Use, error) {
		return l.confirm(a, from, s.Now()), l.holds(a.User)
	})
	return u, linkGone(err)
}

// confirm is what a link that was mailed to an address does. Another link to the same address has nothing left to do.
func (l KeptLink) confirm(a Account, from Origin, at time.Time) Use {
	old := a.Email
	if a.Email != l.Email {
		a.Email, a.Pending = l.Email, ""
	}
	a.Confirmed = true
	use := Use{Account: a, By: a.self(from), Action: "verify", Detail: map[string]any{"changed": old != a.Email}}
	if old != "" && old != a.Email {
		use.Change = &authapi.Change{
			Subject: strconv.FormatInt(a.ID, 10), Kind: authapi.NoticeOnly,
			Notices: []authapi.Notice{a.told(authapi.NoticeEmailChanged, old, at, "email", a.Email)},
		}
	}
	return use
}

// holds is nil while the link suits the user, and ErrNotFound then.
func (l KeptLink) holds(u User) error {
	if !l.suits(u) {
		return ErrNotFound
	}
	return nil
}

// self is the user who acts on the own account: whoever has the link.
func (u User) self(from Origin) Actor { return Actor{ID: u.ID, UID: u.UID, Role: u.Role, Origin: from} }

// told is a mail to an address of the user, with pairs of names and values.
func (u User) told(kind, to string, at time.Time, pairs ...string) authapi.Notice {
	facts := map[string]string{"at": at.UTC().Format(time.RFC3339)}
	for i := 0; i < len(pairs); i += 2 {
		facts[pairs[i]] = pairs[i+1]
	}
	return authapi.Notice{Kind: kind, To: to, Name: u.Name, UID: u.UID, Facts: facts}
}

// linkGone tells a person the same of all links and codes that are not good.
func linkGone(err error) error {
	if errors.Is(err, ErrNotFound) {
		return userapi.LinkGone()
	}
	return err
}
