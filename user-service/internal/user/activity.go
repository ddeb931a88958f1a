package user

import "context"

// maxExport is how many entries an export has at most.
const maxExport = 10_000

// Audit gives entries about everybody and, when more follow, the cursor of the next page. Forbidden: the actor is no Admin.
// Invalid: the filter has something that cannot be.
func (s *Service) Audit(ctx context.Context, by Actor, f Filter) ([]Entry, string, error) {
	if !by.IsAdmin() {
		return nil, "", forbidden()
	}
	q, err := f.query()
	if err != nil {
		return nil, "", err
	}
	return s.entries(ctx, q)
}

// Activity gives entries about the actor, and by the actor. Where another acted, from where is not the actor's business.
func (s *Service) Activity(ctx context.Context, by Actor, limit int, cursor string) ([]Entry, string, error) {
	q, err := Filter{Limit: limit, Cursor: cursor}.query()
	if err != nil {
		return nil, "", err
	}
	q.Person = by.ID
	entries, next, err := s.entries(ctx, q)
	for i, e := range entries {
		if e.ActorID != 0 && e.ActorID != by.ID {
			entries[i].Origin = Origin{RequestID: e.Origin.RequestID}
		}
	}
	return entries, next, err
}

// Export gives all there is about the actor: the account, and the latest activity.
func (s *Service) Export(ctx context.Context, by Actor) (User, []Entry, error) {
	u, err := s.Enabled(ctx, by.ID)
	if err == nil {
		err = s.Store.Record(ctx, by.Did(ActionExport, u, s.Now(), Detail{}))
	}
	var all []Entry
	for cursor, more := "", true; err == nil && more && len(all) < maxExport; more = cursor != "" {
		var page []Entry
		page, cursor, err = s.Activity(ctx, by, MaxLimit, cursor)
		all = append(all, page...)
	}
	return u, all, err
}

// entries gives a page and the cursor of the next one.
func (s *Service) entries(ctx context.Context, q Query) ([]Entry, string, error) {
	limit := q.Limit
	q.Limit++ // one more than asked for shows whether another page follows
	entries, err := s.Store.Audit(ctx, q)
	if err != nil || len(entries) <= limit {
		return entries, "", err
	}
	last := entries[limit-1]
	return entries[:limit], Mark{last.At, last.ID}.cursor(), nil
}
