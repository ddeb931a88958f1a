package session

import (
	"context"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// Login begins a session for whoever's credential this is. A session that the same browser held before, named by its
// refresh token, ends: nothing from before a login is good after it. Unauthenticated: the credential is wrong, or is so by
// now. TooManyRequests: there were too many attempts.
func (s *Service) Login(ctx context.Context, c userapi.Credential, d Device, had Had) (Grant, error) {
	now := s.Now()
	browser := s.Devices.Open(had.DeviceCookie, s.NewID)
	user, err := s.verify(ctx, c, d, browser)
	if err != nil {
		return Grant{}, err
	}
	if sid, _, ok := s.Refresh.Open(had.RefreshToken); ok {
		if err := s.end(ctx, sid); err != nil {
			return Grant{}, err
		}
	}
	begun := Session{
		ID: s.NewID(), Subject: user.ID, Epoch: user.Epoch, CreatedAt: now, LastSeen: now, AuthTime: now, Device: d,
	}
	admitted, err := s.Store.Create(ctx, begun)
	if err != nil {
		return Grant{}, down(err)
	}
	if !admitted {
		return Grant{}, errWrong // the credential has been changed since it was verified
	}
	grant, err := s.grant(ctx, begun, user, 0, now)
	if err != nil {
		return Grant{}, err
	}
	grant.DeviceCookie, grant.NewDevice = browser.Remember(c.UID), !browser.Knows(c.UID)
	if grant.NewDevice {
		s.tellOfDevice(ctx, user, begun)
	}
	return grant, nil
}

// newAccount is how long after it was made an account is signed in to for the first time: nobody is told of that.
const newAccount = 10 * time.Minute

// tellOfDevice has a mail sent about a sign-in on a browser that was not known. The sign-in goes on whatever becomes of it.
func (s *Service) tellOfDevice(ctx context.Context, user userapi.User, begun Session) {
	if user.Email == "" || s.Now().Sub(user.CreatedAt) < newAccount {
		return
	}
	n := deviceNotice(NoticeNewDevice, user, begun, begun.CreatedAt)
	if err := s.notify(ctx, []authapi.Notice{n}); err != nil {
		s.Log.WarnContext(ctx, "no mail about a new device", "sub", user.ID, "error", err)
	}
}

// verify asks whose credential it is. The attempt is charged before that, so that many at once are not too many; it is
// given back unless it was a wrong guess: an outage is nobody's.
func (s *Service) verify(
	ctx context.Context, c userapi.Credential, d Device, browser KnownDevice,
) (userapi.User, error) {
	ticket, err := s.Attempts.Login(ctx, c.UID, d.Address, browser)
	if err != nil {
		return userapi.User{}, s.throttled(ctx, err, actionLogin, "", d)
	}
	user, err := s.Users.Verify(ctx, c)
	if !fault.Is(err, fault.Unauthenticated) {
		ticket.Refund(ctx)
	}
	return user, err
}

// grant makes the tokens of a session for the refresh counter that it has now.
func (s *Service) grant(
	ctx context.Context, of Session, user userapi.User, counter uint64, asked time.Time,
) (Grant, error) {
	access, err := s.accessToken(ctx, of, user, asked)
	if err != nil {
		return Grant{}, err
	}
	return Grant{UID: user.UID, AccessToken: access, RefreshToken: s.Refresh.Make(of.ID, counter)}, nil
}

// accessToken makes a token that counts as issued when the user was asked for: a role that was taken away since then has
// revoked all tokens up to that later moment, and so this one too. No token outlives its session: what is gone from the
// store needs no revocation.
func (s *Service) accessToken(ctx context.Context, of Session, user userapi.User, asked time.Time) (string, error) {
	generation, err := s.Revoked.Generation(ctx)
	if err != nil {
		return "", down(err)
	}
	caller := principal.Principal{
		Subject: user.ID, UID: user.UID, Role: user.Role, SessionID: of.ID, AuthTime: of.AuthTime,
	}
	life := min(s.AccessTTL, of.CreatedAt.Add(AbsoluteLimit).Sub(asked))
	return s.Signer.Sign(token.NewClaims(caller, s.NewID(), generation, asked, life))
}
