// Package mail tells people what happened to their accounts, and brings them one-time links.
//
// Whoever has something to tell puts a Message on the Queue and goes on: nobody waits for a mail server. A Worker takes
// messages from the queue's Store and sends them over SMTP, at least once each. One-time links are asked for (Links) when
// a message is about to be sent, so that their secrets never lie in the queue.
package mail

import (
	"context"
	"time"
)

// Kind says what a mail is about. Each has words of its own (tellings).
type Kind string

// The kinds.
const (
	Reset           Kind = "reset"            // a link and a code for a new password
	Invitation      Kind = "invitation"       // a link for the first password of an account that an Admin made
	Verification    Kind = "verification"     // a link that proves an address
	PasswordChanged Kind = "password-changed" // by its owner
	PasswordReset   Kind = "password-reset"   // with a link or a code
	EmailChanged    Kind = "email-changed"    // to the old and to the new address
	RoleChanged     Kind = "role-changed"
	AccountDisabled Kind = "account-disabled"
	AccountDeleted  Kind = "account-deleted"
	NewDevice       Kind = "new-device"     // a sign-in on a device that is not known
	RefreshReused   Kind = "refresh-reused" // a session that somebody had a copy of was ended
)

// needsLink reports whether a mail of the kind brings a one-time link.
func (k Kind) needsLink() bool { return k == Reset || k == Invitation || k == Verification }

// Message is a mail that is to be sent.
type Message struct {
	ID     string // for the Message-ID and the log; empty: Enqueue makes one. The same message keeps its id at every try
	Kind   Kind
	To     string // a bare address
	Fields Fields
}

// Fields are what a mail tells. Each kind uses those that belong to it.
type Fields struct {
	Subject string    `json:"subject,omitempty"` // the stable id of the person; kinds with a link need it
	Name    string    `json:"name,omitempty"`
	UID     string    `json:"uid,omitempty"`
	Email   string    `json:"email,omitempty"`   // email-changed: the new address
	Pending bool      `json:"pending,omitempty"` // email-changed: the new address is not confirmed yet
	Role    string    `json:"role,omitempty"`    // role-changed: the new role
	Device  string    `json:"device,omitempty"`  // new-device, refresh-reused: such as "Firefox on Linux"
	Address string    `json:"address,omitempty"` // new-device, refresh-reused: the client's address
	At      time.Time `json:"at,omitzero"`       // when it happened
}

// Queue is where messages are put.
type Queue interface {
	// Enqueue puts messages on the queue, all or none; an error means that it could not be reached. It never waits for
	// a mail server.
	Enqueue(ctx context.Context, messages ...Message) error
	// Disabled reports that there is no mail server here, and that Enqueue drops everything.
	Disabled() bool
}

// Off is the Queue where there is no mail server.
type Off struct{}

var _ Queue = Off{}

// Enqueue drops the messages.
func (Off) Enqueue(context.Context, ...Message) error { return nil }

// Disabled is true.
func (Off) Disabled() bool { return true }

// Link is a one-time link.
type Link struct {
	Token   string // what the page sends
	Code    string // what a person may type instead, as it is shown; kind reset only
	Expires time.Time
}

// Links makes one-time links.
type Links interface {
	// Issue makes a link of a kind that needs one, for a person named by the stable id. NotFound means that this link
	// must not go to that address: the person is gone or disabled, or has another address by now. The mail is given up
	// then; after any other error it is tried again.
	Issue(ctx context.Context, subject string, kind Kind, email string) (Link, error)
}
