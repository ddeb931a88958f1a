package user

import (
	"context"
	"errors"
	"fmt"

	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
)

// ErrNoAdmin is a first start that cannot make the first Admin.
var ErrNoAdmin = errors.New("there is no Admin yet, and none could be made from ADMIN_UID and ADMIN_PASSWORD")

// EnsureAdmin makes the first Admin when there is none. The caller must see to it that only one process does so at a time.
// A fault.Unavailable may be tried again; ErrNoAdmin may not.
func (s *Service) EnsureAdmin(ctx context.Context, uid, password string) error {
	if exists, err := s.Store.HasAdmin(ctx); err != nil || exists {
		return err
	}
	if password == "" {
		return fmt.Errorf("%w: ADMIN_PASSWORD is not set", ErrNoAdmin)
	}
	// The uid is the name too; the rule that keeps the password from being either is the same.
	d, err := s.clean(Details{Name: uid, UID: uid, Password: password, Role: principal.RoleAdmin})
	if err == nil {
		_, err = s.create(ctx, Actor{}, d)
	}
	if err == nil || fault.Is(err, fault.Unavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrNoAdmin, err)
}
