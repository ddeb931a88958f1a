// Package route is the table of what the gateway forwards: which paths and methods, to whom, and for whom.
package route

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Forward says what an upstream learns of the caller.
type Forward int

// The ways to forward.
const (
	ForwardNone      Forward = iota // nothing of ours; the client's own Authorization passes
	ForwardToken                    // Authorization: Bearer and the access token, which the upstream verifies itself
	ForwardIdentity                 // X-User-Id, X-User-Uid, X-User-Role, X-Session-Id
	ForwardAssertion                // X-Gatehouse-Assertion: who calls, signed for this upstream alone
)

// forwards are the words for them in a file.
var forwards = []string{"none", "token", "identity", "assertion"}

// String is the word for it in a file.
func (f Forward) String() string { return forwards[f] }

// Access says who may call. The zero value is everyone.
type Access struct {
	Session bool     // only with a session
	Roles   []string // and only in one of these roles, when there are any
}

// Permits reports whether a caller in the role may, given a session.
func (a Access) Permits(role string) bool { return len(a.Roles) == 0 || slices.Contains(a.Roles, role) }

// Throttle is how often one client may call. The zero value is as often as it likes.
type Throttle struct {
	Count int // calls at once, and then as many
	Per   time.Duration
}

// Every is the time after which one more call is free.
func (t Throttle) Every() time.Duration { return t.Per / time.Duration(t.Count) }

// Route is one entry of the table.
type Route struct {
	Path        string   // canonical; with a trailing slash it is a prefix, and stands for all that is below
	StripPrefix bool     // the upstream gets the path without the prefix
	Methods     []string // GET stands for HEAD too
	Upstream    string   // scheme://host:port
	Health      string   // the upstream's path that answers 2xx while a replica is well; empty: none
	Access      Access
	Forward     Forward
	Audience    string        // whom an assertion is for; nobody without ForwardAssertion
	Timeout     time.Duration // for the whole call
	BodyLimit   int           // bytes of the request's body
	Throttle    Throttle
	WebSocket   bool // GET may switch to a WebSocket
}

// IsPrefix reports whether the route stands for all that is below its path.
func (r *Route) IsPrefix() bool { return strings.HasSuffix(r.Path, "/") }

// UpstreamPath is what the upstream gets for a canonical path of the route. It is canonical too.
func (r *Route) UpstreamPath(path string) string {
	if r.StripPrefix {
		return path[len(r.Path)-1:]
	}
	return path
}

// Serves reports whether the route is for the method.
func (r *Route) Serves(method string) bool {
	return slices.Contains(r.Methods, method) || method == http.MethodHead && slices.Contains(r.Methods, http.MethodGet)
}

// Methods are those that a client may use at all.
var Methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	http.MethodOptions,
}
