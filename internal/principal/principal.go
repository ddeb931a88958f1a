// Package principal says who makes a request.
package principal

import "time"

// The roles that Gatehouse itself knows. An Admin may name any others.
const (
	RoleUser  = "User"
	RoleAdmin = "Admin"
)

// Principal is the caller of a request, as the access token proved it.
type Principal struct {
	Subject   string    // the stable user id
	UID       string    // the name the person signs in with
	Role      string    // as of the token's issue
	SessionID string    // one sign-in on one device
	AuthTime  time.Time // when the password was last proved
}
