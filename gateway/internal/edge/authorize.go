package edge

import (
	"errors"
	"strings"

	"gatehouse/internal/fault"
	"gatehouse/internal/token"
)

var errNobody = errors.New("no principal on a route that wants a session")

// authorize lets the caller pass if the route allows their role. A route for sessions without a principal is a mistake in
// the chain, and refused.
func (e *Edge) authorize(v *visit) error {
	access := v.route.Access
	if !access.Session {
		return nil
	}
	if v.principal == nil {
		return token.Refusal(errNobody)
	}
	if !access.Permits(v.principal.Role) {
		return fault.New(fault.Forbidden, "Insufficient permissions. Required roles: [%s]", strings.Join(access.Roles, ", "))
	}
	return nil
}
