// Package session is what auth-service is for: sign-ins on devices, from login through refreshes to logout.
//
// A session has a refresh token that is replaced at each use, and short access tokens that every other part of Gatehouse
// checks by itself. This package knows no HTTP and no Redis.
package session

import (
	"context"
	"log/slog"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// The life of a session.
const (
	IdleLimit     = 7 * 24 * time.Hour  // without a refresh for this long it ends
	AbsoluteLimit = 30 * 24 * time.Hour // and in any case after this
	Grace         = 10 * time.Second    // how long a used refresh token still gets the same successor
)

// Session is one sign-in on one device.
type Session struct {
	ID        string // sid
	Subject   string // the user's stable id
	Epoch     int64  // of the user, when the credential was verified or the session last refreshed
	CreatedAt time.Time
	LastSeen  time.Time
	AuthTime  time.Time // when the password was last proved
	Device    Device
}

// Device is where a session is used from, as the gateway saw it at the sign-in.
type Device struct {
	Address   string
	UserAgent string
}

// Had is what a browser has from earlier sign-ins: the values of its cookies. Any may be empty.
type Had struct {
	RefreshToken string
	DeviceCookie string
}

// Grant is what a login or a refresh gives to the browser.
type Grant struct {
	UID          string
	AccessToken  string
	RefreshToken string
	DeviceCookie string // of a login only
	NewDevice    bool   // the browser was not known to have signed in to this account
}

// Outcome is what became of a refresh token that was offered.
type Outcome string

// The outcomes of Store.Rotate.
const (
	Gone     Outcome = "gone"     // there is no such session: ended, or over its limits
	Rotated  Outcome = "rotated"  // the token was the current one, and has a successor now
	Repeated Outcome = "repeated" // it was used within the grace before: the successor is the same
	Reused   Outcome = "reused"   // it is older than that: somebody has a copy. Every further token is Reused too, until End
)

// Store keeps sessions. Every error means that it could not be asked.
type Store interface {
	// Create puts a new session in, whose refresh counter is 0. It is false, and nothing is left, when the session is of an
	// epoch that is over.
	Create(ctx context.Context, s Session) (bool, error)
	// Outdate ends the epochs of a user before the one given, for Create. A session of such an epoch that Create has let in
	// is among those that Of gives from then on.
	Outdate(ctx context.Context, subject string, epoch int64) error
	// Rotate offers the refresh counter of a session and gives the session and its counter afterwards, in one atomic
	// step. A session that goes on is in the epoch given, unless it was in a later one. The session is empty unless the
	// outcome is Rotated or Repeated.
	Rotate(ctx context.Context, sid string, counter uint64, epoch int64, now time.Time) (Session, uint64, Outcome, error)
	// Prove moves the AuthTime of a session up and gives the session; the empty one, when it is gone or was reused.
	Prove(ctx context.Context, sid string, at time.Time) (Session, error)
	// Find gives a session; the empty one when there is none.
	Find(ctx context.Context, sid string) (Session, error)
	// Of gives the sessions of a user that are not over, in no order.
	Of(ctx context.Context, subject string, now time.Time) ([]Session, error)
	// End removes a session; one that is not there is no error.
	End(ctx context.Context, sid string) error
}

// List is what sessions need of the revocation list.
type List interface {
	revocation.Checker
	revocation.Revoker
}

// Signer makes the compact form of an access token, and of an assertion.
type Signer interface {
	Sign(token.Claims) (string, error)
	SignAssertion(token.Assertion) (string, error)
}

// Service signs people in and out.
type Service struct {
	Users     userapi.Directory
	Store     Store
	Revoked   List
	Audit     Audit
	Notices   Notices
	Signer    Signer
	Keys      token.Keys
	Refresh   RefreshTokens
	Devices   KnownDevices
	Attempts  Attempts
	Log       *slog.Logger
	AccessTTL time.Duration
	Now       func() time.Time
	NewID     func() string // random, unguessable
}

// errInvalid refuses a refresh token, or both tokens, in the words for an access token.
var errInvalid = token.Refusal(nil)

// errWrong is the answer to a wrong credential, in the words of user-service.
var errWrong = fault.New(fault.Unauthenticated, "Invalid user id or password")

// down says that sessions cannot be kept or looked at now.
func down(err error) error { return fault.Down("redis", err) }
