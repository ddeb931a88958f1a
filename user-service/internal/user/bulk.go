package user

import (
	"context"

	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
)

// RowError is why a row was refused.
type RowError struct {
	Index   int    `json:"index"` // from 0
	UID     string `json:"uid"`
	Message string `json:"message"` // for a person
}

// Row is one account to make, or why it could not be read.
type Row struct {
	Details
	Err error
}

// CreateAll makes many accounts, each by itself, and tells which were refused and why. Forbidden: the actor is no Admin.
// Invalid: there are no rows, or more than MaxRows. Unavailable before the first account was made is the fault of the
// whole call; later it is the error of each row that is left.
func (s *Service) CreateAll(ctx context.Context, by Actor, rows []Row) ([]RowError, error) {
	if !by.IsAdmin() {
		return nil, forbidden()
	}
	if len(rows) == 0 {
		return nil, invalid("Please provide user details")
	}
	if len(rows) > MaxRows {
		return nil, invalid("At most %d users can be created in one call", MaxRows)
	}
	refused, created := []RowError{}, 0
	var down error // once something is down, the rows that are left would only wait for it
	for i, row := range rows {
		err := down
		if err == nil {
			err = s.createRow(ctx, by, row)
		}
		if err == nil {
			created++
			continue
		}
		if fault.Is(err, fault.Unavailable) && created == 0 {
			return nil, err
		}
		if fault.From(err).Status() >= fault.Internal.Status() && down == nil {
			down = err
			s.Log.Error("rows refused", "from", i, "request_id", by.Origin.RequestID, "error", err)
		}
		refused = append(refused, RowError{Index: i, UID: row.UID, Message: fault.From(err).Message})
	}
	return refused, nil
}

// createRow makes one account. The registry is not asked: an Admin vouches for the uid.
func (s *Service) createRow(ctx context.Context, by Actor, row Row) error {
	if row.Err != nil {
		return row.Err
	}
	if row.Role == "" {
		row.Role = principal.RoleUser
	}
	d, err := s.clean(row.Details)
	if err != nil {
		return err
	}
	if err := s.free(ctx, d); err != nil {
		return err
	}
	_, err = s.create(ctx, by, d)
	return err
}
