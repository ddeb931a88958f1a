// Package user is the domain of accounts: who may see and change what, what a name or a password must be like, and how a
// credential is checked. It knows neither HTTP nor SQL.
package user

import (
	"context"
	"errors"
	"time"

	"gatehouse/internal/principal"
)

// User is an account as others may see it; which of its members a caller is shown is the API's rule.
type User struct {
	ID        int64
	UID       string // the name the person signs in with
	Name      string
	Email     string // empty when there is none
	Confirmed bool   // Email was confirmed by a mail
	Pending   string // an address that waits for its confirmation; empty when there is none
	Role      string
	Picture   string // a path of this site or a data: URL; empty when there is none
	Disabled  bool
	CreatedAt time.Time
	UpdatedAt time.Time
	// Epoch counts what ends sessions: a new password, disabling. Sessions of an older epoch are over.
	Epoch int64
	Kept  string // the one session that outlives the latest change of epoch; empty when there is none
}

// Account is a user with the hash of the password.
type Account struct {
	User
	Hash string // encoded algorithm, parameters, salt and digest; never logged, never sent
}

// activeAdmin reports whether the account can manage others at this moment.
func (u User) activeAdmin() bool { return u.Role == principal.RoleAdmin && !u.Disabled }

// LosesAdmin reports whether the change from one state to the other takes an Admin away who could act.
func LosesAdmin(from, to User) bool { return from.activeAdmin() && !to.activeAdmin() }

// Actor is who asks for something, and from where. The zero Actor is the system itself or a stranger who signs up.
type Actor struct {
	ID   int64 // 0 for nobody
	UID  string
	Role string
	// AuthTime is when the actor last proved the password, and SessionID the session in which this is asked for.
	AuthTime  time.Time
	SessionID string
	Origin    Origin
}

// Origin is where a request came from, for the audit.
type Origin struct {
	Address   string // IP
	Agent     string // User-Agent
	RequestID string
}

// IsAdmin reports whether the actor may manage others.
func (a Actor) IsAdmin() bool { return a.Role == principal.RoleAdmin }

// is reports whether the uid is the actor's own.
func (a Actor) is(uid string) bool { return a.ID != 0 && Fold(uid) == Fold(a.UID) }

// MayWrite reports whether the actor may change the user.
func (a Actor) MayWrite(u User) bool { return a.IsAdmin() || a.ID == u.ID }

// What a store answers besides faults.
var (
	ErrNotFound  = errors.New("no such user")
	ErrTaken     = errors.New("the uid is taken")
	ErrLastAdmin = errors.New("the last enabled Admin")
)

// Page is a piece of the list of users, in the order of the folded uid.
type Page struct {
	Search string // folded; users whose uid or name holds it; empty for all
	After  string // folded uid; users behind it
	Limit  int    // at most so many
}

// Edit gives what an account becomes. Its error is that nothing is to change.
type Edit func(Account) (Account, error)

// Store keeps accounts. Every change is written in one transaction with its consequences (Created, Changed, Deleted): the
// audit, which names the actor, and what auth-service must hear of. A store that cannot be reached gives a
// fault.Unavailable, and then nothing was changed.
type Store interface {
	// Create adds an account and gives it its id. ErrTaken: another has the uid, in whatever case.
	Create(ctx context.Context, by Actor, a Account) (User, error)
	// ByID gives a user, or ErrNotFound.
	ByID(ctx context.Context, id int64) (User, error)
	// ByUID gives an account, the uid compared without case, or ErrNotFound.
	ByUID(ctx context.Context, uid string) (Account, error)
	// List gives a page.
	List(ctx context.Context, p Page) ([]User, error)
	// Find gives the enabled users that have the uid or the e-mail address, whichever case, the one with the uid first and
	// at most so many.
	Find(ctx context.Context, typed string, limit int) ([]User, error)
	// StandIn gives the hash of the account next to a place on the ring, on which each account has a random place of its
	// own from 0 up to RingSize. Empty: no account has a hash.
	StandIn(ctx context.Context, place int64) (hash string, err error)
	// Update replaces an account by what edit makes of it, while nobody else can change it; the epoch is counted by
	// Changed. An error of edit is given back and nothing is changed. ErrNotFound; ErrLastAdmin: no Admin who could act
	// would be left.
	Update(ctx context.Context, by Actor, uid string, edit Edit) (User, error)
	// Delete removes an account. ErrNotFound; ErrLastAdmin.
	Delete(ctx context.Context, by Actor, uid string) error
	// Rehash replaces a hash if it is still the old one, and reports whether it was.
	Rehash(ctx context.Context, id int64, old, hash string) (bool, error)
	// SignedIn keeps the time of a sign-in, to the minute, together with its audit entry.
	SignedIn(ctx context.Context, e Entry) error
	// Record writes entries into the audit, all or none. Those with the same FoldKey become one, which counts them.
	Record(ctx context.Context, entries ...Entry) error
	// Audit gives entries, newest first.
	Audit(ctx context.Context, q Query) ([]Entry, error)
	// HasAdmin reports whether any account has the role Admin.
	HasAdmin(ctx context.Context) (bool, error)
	Bulk
	Links
}

// Passwords hashes and verifies. Both fail with fault.Unavailable when too many wait already.
type Passwords interface {
	Hash(ctx context.Context, password string) (string, error)
	// Verify compares; an empty hash costs the same and never fits. stale says that the hash should be made anew.
	Verify(ctx context.Context, hash, password string) (fits, stale bool, err error)
}

// Registry knows accounts elsewhere that a uid must belong to.
type Registry interface {
	// Exists reports whether the uid is an account there; fault.Unavailable when it cannot be asked.
	Exists(ctx context.Context, uid string) (bool, error)
}

// Outbox brings changes to auth-service that were committed with their cause.
type Outbox interface {
	// Flush returns nil when auth-service has acknowledged all changes of the subject. An error means that they are still
	// there, and will be tried again whoever asks for it.
	Flush(ctx context.Context, subject int64) error
}
