package user

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Fold is the form in which uids and names are compared: NFC in lower case, the same on every database.
func Fold(s string) string { return norm.NFC.String(strings.ToLower(norm.NFC.String(s))) }
