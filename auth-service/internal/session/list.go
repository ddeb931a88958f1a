package session

import (
	"cmp"
	"context"
	"slices"

	"gatehouse/internal/principal"
)

// List gives the sessions of the caller: the one that asks first, then the one that was seen last.
func (s *Service) List(ctx context.Context, by principal.Principal) ([]Session, error) {
	all, err := s.Store.Of(ctx, by.Subject, s.Now())
	if err != nil {
		return nil, down(err)
	}
	slices.SortFunc(all, func(a, b Session) int {
		switch by.SessionID {
		case a.ID:
			return -1
		case b.ID:
			return 1
		}
		return cmp.Or(b.LastSeen.Compare(a.LastSeen), b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}
