package session

import (
	"context"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// Login begins a session for whoever's credential this is. A session that the same browser held before, named by its
// refresh token, ends: nothing from before a login is good after it. TooManyRequests: there were too many attempts.
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
	begun := Session{ID: s.NewID(), Subject: user.ID, CreatedAt: now, LastSeen: now, AuthTime: now, Device: d}
	if err := s.Store.Create(ctx, begun); err != nil {
		return Grant{}, down(err)
	}
	grant, err := s.grant(ctx, begun, user, 0, now)
	if err != nil {
		return Grant{}, err
	}
	grant.DeviceCookie, grant.NewDevice = browser.Remember(c.UID), !browser.Knows(c.UID)
	return grant, nil
}

// verify asks whose credential it is. The attempt is charged before that, so that many at once are not too many; it is
// given back unless it was a wrong guess: an outage is nobody's.
func (s *Service) verify(
	ctx context.Context, c userapi.Credential, d Device, browser KnownDevice,
) (userapi.User, error) {
	ticket, err := s.Attempts.Login(ctx, c.UID, d.Address, browser)
	if err != nil {
		return userapi.User{}, err
	}
	user, err := s.Users.Verify(ctx, c)
	if !fault.Is(err, fault.Unauthenticated) {
		ticket.Refund(ctx)
	}
	return user, err
}

// grant makes the tokens of a session for the refresh counter that it has now. They count as issued when the user was
// asked for: a role that was taken away since then has revoked all tokens up to that later moment, and so this one too.
func (s *Service) grant(
	ctx context.Context, of Session, user userapi.User, counter uint64, asked time.Time,
) (Grant, error) {
	generation, err := s.Revoked.Generation(ctx)
	if err != nil {
		return Grant{}, down(err)
	}
	caller := principal.Principal{
		Subject: user.ID, UID: user.UID, Role: user.Role, SessionID: of.ID, AuthTime: of.AuthTime,
	}
	access, err := s.Signer.Sign(token.NewClaims(caller, s.NewID(), generation, asked, s.AccessTTL))
	if err != nil {
		return Grant{}, err
	}
	return Grant{UID: user.UID, AccessToken: access, RefreshToken: s.Refresh.Make(of.ID, counter)}, nil
}
