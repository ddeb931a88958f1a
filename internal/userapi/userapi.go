// Package userapi is the internal call that auth-service makes to user-service: the wire types that both sides share,
// and the client.
//
// It is served on user-service's internal listener, which no route of the gateway leads to, and asks for the service
// secret as a bearer token. Without it the answer is 403, because 401 is that of a wrong credential.
package userapi

import "context"

// MinSecret is the shortest service secret that either side takes, in bytes.
const MinSecret = 16

// Paths of the internal calls.
const (
	VerifyPath = "/internal/credentials/verify" // POST Credential -> User
	UsersPath  = "/internal/users/"             // GET <id> -> User
)

// Credential is what a person offers as proof.
type Credential struct {
	UID      string `json:"uid"`
	Password string `json:"password"`
}

// User is what auth-service may know of an account.
type User struct {
	ID   string `json:"id"` // the subject of tokens
	UID  string `json:"uid"`
	Role string `json:"role"`
}

// Directory answers who somebody is. A service secret that user-service does not take is BadUpstream.
type Directory interface {
	// Verify gives the user whose credential this is. Unknown, wrong and disabled are one and the same fault:
	// Unauthenticated. A full queue or a database that is down is Unavailable.
	Verify(ctx context.Context, c Credential) (User, error)
	// User gives an enabled user by id, with the role of this moment. A user that is gone or disabled is NotFound.
	User(ctx context.Context, id string) (User, error)
}
