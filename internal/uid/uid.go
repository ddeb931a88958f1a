// Package uid says which uids are the same, for the one who keeps accounts and the one who counts attempts on them.
package uid

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Fold is the form in which uids and names are compared: NFC in lower case, the same on every machine.
func Fold(s string) string { return norm.NFC.String(strings.ToLower(norm.NFC.String(s))) }
