package user

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Query is a piece of the audit, newest first.
type Query struct {
	Person  int64  // whom the entries must be about or by; 0 for everybody
	UID     string // the same by uid, also of accounts that are deleted; empty for everybody
	Action  string // empty for all
	Outcome string // empty for all
	From    time.Time
	To      time.Time // before it; zero for no end
	Before  Mark      // behind it in the order; zero for the start
	Limit   int       // at most so many
}

// Mark is an entry's place in the order.
type Mark struct {
	At time.Time
	ID int64
}

// Filter is a query as a person types it; what is empty filters nothing.
type Filter struct {
	UID, Action, Outcome, From, To string
	Limit                          int
	Cursor                         string
}

// query reads what was typed.
func (f Filter) query() (Query, error) {
	q := Query{UID: f.UID, Action: f.Action, Outcome: f.Outcome, Limit: f.Limit}
	if f.Limit < 1 || f.Limit > MaxLimit {
		return q, invalid("Limit must be a number from 1 to %d", MaxLimit)
	}
	if len(f.UID) > maxEmailBytes || !plain(f.UID) {
		return q, invalid("User ID is not valid")
	}
	if f.Action != "" && !slices.Contains(actions, f.Action) {
		return q, invalid("Action must be one of %s", strings.Join(actions, ", "))
	}
	if f.Outcome != "" && f.Outcome != Success && f.Outcome != Refused {
		return q, invalid("Outcome must be %s or %s", Success, Refused)
	}
	var err error
	if q.From, err = moment("From", f.From); err != nil {
		return q, err
	}
	if q.To, err = moment("To", f.To); err != nil {
		return q, err
	}
	q.Before, err = openMark(f.Cursor)
	return q, err
}

func moment(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, invalid("%s must be a time such as 2026-01-31T09:30:00Z", name)
	}
	return at, nil
}

// markForm is the text inside a cursor: the time in microseconds, as exact as the store's, and the id.
const markForm = "before:%d:%d"

// maxYear is the last that a time may have everywhere (RFC 3339 §1).
const maxYear = 9999

func (m Mark) cursor() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, markForm, m.At.UnixMicro(), m.ID))
}

func openMark(cursor string) (Mark, error) {
	if cursor == "" {
		return Mark{}, nil
	}
	var micros, id int64
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		_, err = fmt.Sscanf(string(data), markForm, &micros, &id)
	}
	m := Mark{time.UnixMicro(micros).UTC(), id}
	if err != nil || m.cursor() != cursor || micros < 0 || m.At.Year() > maxYear {
		return Mark{}, invalid("Cursor is not valid")
	}
	return m, nil
}
