package user

import (
	"context"
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of a list request.
const (
	DefaultLimit = 50
	MaxLimit     = 200
	maxSearch    = 100 // characters
)

// cursorMark begins the text inside a cursor, to tell ours from any other base64.
const cursorMark = "after:"

// List gives a page of users and, when more follow, the cursor of the next page. Invalid: the limit is out of range, the
// search is too long, or the cursor is none of ours.
func (s *Service) List(ctx context.Context, limit int, search, cursor string) ([]User, string, error) {
	if limit < 1 || limit > MaxLimit {
		return nil, "", invalid("Limit must be a number from 1 to %d", MaxLimit)
	}
	if utf8.RuneCountInString(search) > maxSearch || !plain(search) {
		return nil, "", invalid("Search must have at most %d characters, all of them visible", maxSearch)
	}
	after, err := openCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	// One more than asked for shows whether another page follows.
	users, err := s.Store.List(ctx, Page{Search: Fold(strings.TrimSpace(search)), After: after, Limit: limit + 1})
	if err != nil || len(users) <= limit {
		return users, "", err
	}
	return users[:limit], makeCursor(users[limit-1]), nil
}

func makeCursor(last User) string {
	return base64.RawURLEncoding.EncodeToString([]byte(cursorMark + Fold(last.UID)))
}

func openCursor(cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	after, ours := strings.CutPrefix(string(data), cursorMark)
	if err != nil || !ours || after == "" || !plain(after) {
		return "", invalid("Cursor is not valid")
	}
	return after, nil
}

// plain reports whether a database takes the text.
func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) }
