package session

import (
	"context"
	"time"

	"gatehouse/internal/principal"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// Login begins a session for whoever's credential this is. A session that the same browser held before, named by its
// refresh token, ends: nothing from before a login is good after it.
func (s *Service) Login(ctx context.Context, c userapi.Credential, d Device, previous string) (Grant, error) {
	now := s.Now()
	user, err := s.Users.Verify(ctx, c)
	if err != nil {
		return Grant{}, err
	}
	if sid, _, ok := s.Refresh.Open(previous); ok {
		if err := s.end(ctx, sid); err != nil {
			return Grant{}, err
		}
	}
	begun := Session{ID: s.NewID(), Subject: user.ID, CreatedAt: now, LastSeen: now, AuthTime: now, Device: d}
	if err := s.Store.Create(ctx, begun); err != nil {
		return Grant{}, down(err)
	}
	return s.grant(ctx, begun, user, 0, now)
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
