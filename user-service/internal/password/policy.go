package password

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gatehouse/internal/fault"
)

// The bounds of a password, in characters.
const (
	MinLength = 8 // NIST SP 800-63B §5.1.1.2
	MaxLength = 256
)

// Policy is nil for a password that may be used, or a fault.Invalid that says why not. The words to avoid are what an
// attacker tries first: the uid and the name.
func Policy(password string, avoid ...string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < MinLength:
		return weak("Password is missing, or is less than %d characters", MinLength)
	case n > MaxLength:
		return weak("Password is longer than %d characters", MaxLength)
	case strings.ContainsAny(password, "\x00\uFFFD"):
		return weak("Password has characters that cannot be typed")
	}
	folded := fold(password)
	if utf8.RuneCountInString(folded) < MinLength {
		return weak("Password is missing, or is less than %d characters", MinLength) // blanks at its ends are soon guessed
	}
	for _, word := range avoid {
		if folded == fold(word) {
			return weak("Password must not be the User ID or the name")
		}
	}
	if common(folded) {
		return weak("Password is too common: others would guess it")
	}
	return nil
}

func weak(format string, args ...any) error { return fault.New(fault.Invalid, format, args...) }

func fold(s string) string { return strings.ToLower(norm.NFC.String(strings.TrimSpace(s))) }
