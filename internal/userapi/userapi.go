// Package userapi is what auth-service asks of user-service: the wire types that both sides share, and the client. The
// calls go to user-service's internal listener (package peer).
package userapi

import (
	"context"
	"time"

	"gatehouse/internal/fault"
)

// Paths of the internal calls.
const (
	VerifyPath  = "/internal/credentials/verify" // POST Credential -> User
	ProvePath   = "/internal/credentials/prove"  // POST Proof -> User
	UsersPath   = "/internal/users/"             // GET <id> -> User
	FindPath    = "/internal/find"               // POST Typed -> []User
	EventsPath  = "/internal/events"             // POST []Event -> 204
	LinksPath   = "/internal/links"              // POST Order -> Link
	ResetPath   = "/internal/links/reset"        // POST Reset -> User
	ConfirmPath = "/internal/links/confirm"      // POST Confirmation -> User
)

// Origin is where the person's request came from, for the audit.
type Origin struct {
	Address string `json:"address"`
	Agent   string `json:"agent"`
}

// Credential is what a person offers as proof at sign-in.
type Credential struct {
	UID      string `json:"uid"`
	Password string `json:"password"`
	Origin   Origin `json:"origin"`
}

// Proof is the password of somebody who is signed in already.
type Proof struct {
	ID       string `json:"id"`
	Password string `json:"password"`
	Origin   Origin `json:"origin"`
}

// User is what auth-service may know of an account.
type User struct {
	ID    string `json:"id"` // the subject of tokens
	UID   string `json:"uid"`
	Name  string `json:"name"`
	Role  string `json:"role"`
	Email string `json:"email,omitempty"` // empty when there is none
	// Pending is an address that waits for its confirmation; empty when there is none.
	Pending string `json:"email_pending,omitempty"`
	// Confirmed says that Email was confirmed by a mail.
	Confirmed bool `json:"email_verified,omitempty"`
	// Epoch counts what ends sessions: a new password, disabling. Sessions of an older epoch are over.
	Epoch int64 `json:"epoch"`
	// Kept is the one session that outlives the latest change of epoch; empty when there is none.
	Kept string `json:"kept,omitempty"`
}

// Accepts reports whether a session that was begun or renewed in the epoch is still good.
func (u User) Accepts(sid string, epoch int64) bool {
	return epoch == u.Epoch || u.Kept != "" && sid == u.Kept
}

// Typed is what a person typed to say who they are: a uid or an e-mail address.
type Typed struct {
	Typed string `json:"typed"`
}

// Event is what auth-service has to say to the audit.
type Event struct {
	At        time.Time         `json:"at"`
	Action    string            `json:"action"`
	Outcome   string            `json:"outcome"`           // Success or Refused
	Actor     string            `json:"actor,omitempty"`   // user id; empty for a stranger
	Subject   string            `json:"subject,omitempty"` // user id; empty when nobody is known
	Origin    Origin            `json:"origin"`
	Detail    map[string]string `json:"detail,omitempty"`
	RequestID string            `json:"request_id"`
}

// The outcomes of an event.
const (
	Success = "success"
	Refused = "refused"
)

// The kinds of one-time links.
const (
	LinkReset        = "reset"
	LinkInvitation   = "invitation"
	LinkVerification = "verification"
)

// Order asks for a one-time link. By is the user id of the Admin who hands it out; empty when it goes out by mail to Email.
type Order struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Email  string `json:"email,omitempty"`
	By     string `json:"by,omitempty"`
	Origin Origin `json:"origin"`
}

// Link is a one-time link: the token for its address, and what may be typed instead. Both are told once.
type Link struct {
	Token     string    `json:"token"`
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Reset sets a password by a token or by uid and code.
type Reset struct {
	Token    string `json:"token,omitempty"`
	UID      string `json:"uid,omitempty"`
	Code     string `json:"code,omitempty"`
	Password string `json:"password"`
	Origin   Origin `json:"origin"`
}

// Confirmation confirms an e-mail address by the token that was mailed to it.
type Confirmation struct {
	Token  string `json:"token"`
	Origin Origin `json:"origin"`
}

// Directory answers who somebody is. A service secret that user-service does not take is BadUpstream.
type Directory interface {
	// Verify gives the user whose credential this is. Unknown, wrong and disabled are one and the same fault:
	// Unauthenticated. A full queue or a database that is down is Unavailable.
	Verify(ctx context.Context, c Credential) (User, error)
	// Prove gives the user whose password this is, or Unauthenticated.
	Prove(ctx context.Context, p Proof) (User, error)
	// User gives an enabled user by id, as of this moment. A user that is gone or disabled is NotFound.
	User(ctx context.Context, id string) (User, error)
	// Find gives the enabled users that a person may mean: the one with the uid, and those with the e-mail address, so that
	// nobody hides an address by taking it as a uid.
	Find(ctx context.Context, typed string) ([]User, error)
	// Record puts events into the audit.
	Record(ctx context.Context, events []Event) error
}

// Links makes and spends one-time links. A link that is unknown, expired or used is Invalid, whichever of them.
type Links interface {
	// Issue makes a link. NotFound: the user is gone or disabled.
	Issue(ctx context.Context, o Order) (Link, error)
	// Reset sets the password and ends all sessions, and uses the link up; a password that is too weak is Invalid and
	// leaves the link good.
	Reset(ctx context.Context, r Reset) (User, error)
	// Confirm makes the address the user's confirmed one, and uses the link up.
	Confirm(ctx context.Context, c Confirmation) (User, error)
}

// linkGone is what a person is told of a link or code that is unknown, expired or used, whichever of them.
const linkGone = "This link or code is not valid any more. Please ask for a new one."

// LinkGone is the refusal of a link or code that is not good.
func LinkGone() error { return fault.New(fault.Invalid, linkGone) }

// IsLinkGone tells that refusal from one of a weak password.
func IsLinkGone(err error) bool {
	return fault.Is(err, fault.Invalid) && fault.From(err).Message == linkGone
}
