// Package revocation is the list of sessions, tokens, users and signing keys whose access tokens are refused before they
// expire, for the one who revokes and for every gateway that asks. Nothing is asked of Redis on a request, and when a
// revocation returns, no gateway accepts what it refuses. docs/revocation.md says why that is so.
//
// The list lives in Redis under one hash tag, so that it also runs on a cluster:
//
//	{rev}:gen       hash        the generation: its random id, when it began, the number of its last entry
//	{rev}:set       sorted set  "sid:<session>", "jti:<token>" or "kid:<key>" -> when the entry may go, in Unix milliseconds
//	{rev}:users     sorted set  user id -> not before, in Unix milliseconds: tokens issued until then are refused
//	{rev}:log       stream      the entries by their number
//	{rev}:gateways  hash        gateway -> the last entry that it has applied
//
// A gateway (Follow) copies the list and then reads the log, applies each entry and acknowledges it. It answers from its
// copy only under a lease, which Redis grants when the copy has every entry, and which counts from before it was asked for.
// Without a lease it asks Redis about each request, and without Redis it cannot tell: the request is refused.
//
// A revoker (List) adds its entry to list and log in one step, and learns in the same step which gateways there are. Then it
// waits until each has acknowledged, or until Lease has passed, after which no lease from before the entry holds.
//
// A token carries the generation in which it was issued. When Redis loses its data there is a new generation, and all
// tokens of the old one are refused: people sign in again, and nobody who was revoked comes back.
package revocation

import (
	"context"
	"errors"
	"time"

	"gatehouse/internal/token"
)

// ErrUnknown means that the list could not be asked, so nothing is known: fail closed.
var ErrUnknown = errors.New("the revocation list cannot be asked")

// Token is what the list needs to know of an access token.
type Token struct {
	SessionID  string
	ID         string // jti
	KeyID      string // kid of the key that signed it
	Subject    string
	IssuedAt   time.Time
	Generation string

	hashed hashes // zero when it is to be looked for once
}

// hashes are where a copy of the list has the entries that would refuse a token.
type hashes struct{ session, token, key, user uint64 }

func hashesOf(t *Token) hashes {
	return hashes{
		session: hash(sessionPrefix, t.SessionID), token: hash(tokenPrefix, t.ID), key: hash(keyPrefix, t.KeyID),
		user: hash("", t.Subject),
	}
}

// TokenOf is what the list needs to know of a token with these claims. It is ready to be looked for many times.
func TokenOf(c *token.Claims) Token {
	t := Token{
		SessionID: c.SessionID, ID: c.ID, KeyID: c.KeyID, Subject: c.Subject, IssuedAt: c.IssuedAt.Time,
		Generation: c.Generation,
	}
	t.hashed = hashesOf(&t)
	return t
}

// Checker answers whether a token was revoked. It fails with ErrUnknown when it cannot tell.
type Checker interface {
	Revoked(ctx context.Context, t Token) (bool, error)
}

// Revoker adds to the list. When a call returns nil, every gateway refuses from that moment on.
type Revoker interface {
	// Generation is the current one, which new tokens must carry.
	Generation(ctx context.Context) (string, error)
	// Session refuses all tokens of a session. The entry is kept until all of them have expired.
	Session(ctx context.Context, sid string, until time.Time) error
	// User refuses all tokens of a user that were issued until notBefore.
	User(ctx context.Context, subject string, notBefore time.Time) error
	// Key refuses all tokens of a signing key. By the time given no verifier may know the key any more.
	Key(ctx context.Context, kid string, until time.Time) error
}
