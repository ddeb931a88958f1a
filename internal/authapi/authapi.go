// Package authapi is what other services ask of auth-service, at its internal listener (package peer). user-service tells
// that accounts have changed in a way that sessions must follow and people must hear of. The gateway wants assertions.
package authapi

import (
	"context"
	"net/http"

	"gatehouse/internal/peer"
)

// ChangesPath is POST []Change -> 204. The answer means that all of them are in Redis.
const ChangesPath = "/internal/changes"

// Kind says what a change means for the sessions of its subject.
type Kind string

// The kinds of change.
const (
	Credential Kind = "credential" // sessions of an older epoch are over, but for Keep
	Role       Kind = "role"       // access tokens are refused; sessions get new ones with the new role
	Closed     Kind = "closed"     // disabled or deleted: all sessions are over
	NoticeOnly Kind = "notice"     // nothing; there are notices to send
)

// Change is one change of an account. To apply it again does no harm.
type Change struct {
	ID      int64    `json:"id"`
	Subject string   `json:"subject"` // user id
	Kind    Kind     `json:"kind"`
	Epoch   int64    `json:"epoch,omitempty"` // of the account after a Credential change
	Keep    string   `json:"keep,omitempty"`  // the session that outlives a Credential change
	Notices []Notice `json:"notices,omitempty"`
}

// Notice is a mail to send. The kinds are those of auth-service's templates. Of a notice that comes with a change, ID and
// Subject are filled in from that.
type Notice struct {
	ID      string            `json:"id,omitempty"`      // the same at every delivery, for the Message-ID
	Subject string            `json:"subject,omitempty"` // user id
	Kind    string            `json:"kind"`
	To      string            `json:"to"` // address
	Name    string            `json:"name"`
	UID     string            `json:"uid"`
	Facts   map[string]string `json:"facts,omitempty"`
}

// The kinds of notices that user-service sends.
const (
	NoticeInvitation      = "invitation"
	NoticeVerification    = "verification"
	NoticePasswordChanged = "password-changed"
	NoticePasswordReset   = "password-reset"
	NoticeEmailChanged    = "email-changed"
	NoticeRoleChanged     = "role-changed"
	NoticeDisabled        = "account-disabled"
	NoticeDeleted         = "account-deleted"
)

// Sessions follows changes of accounts.
type Sessions interface {
	// Apply returns nil when every gateway refuses what the changes ended, and the notices are on their way. It may be called
	// again with the same changes. Unavailable: not all of it could be done.
	Apply(ctx context.Context, changes []Change) error
}

// Client calls auth-service.
type Client struct{ peer *peer.Client }

var _ Sessions = (*Client)(nil)

// NewClient calls the internal listener at base (scheme and authority) with the service secret.
func NewClient(base, secret string, client *http.Client) *Client {
	return &Client{peer.New("auth-service", base, secret, client)}
}

// Apply implements Sessions.
func (c *Client) Apply(ctx context.Context, changes []Change) error {
	return c.peer.Ask(ctx, http.MethodPost, ChangesPath, changes, nil)
}
