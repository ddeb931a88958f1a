package user

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gatehouse/internal/fault"
)

// The bounds of an account's members, in characters unless said otherwise.
const (
	minLength     = 2
	maxUID        = 64
	maxName       = 100
	maxEmailBytes = 254 // RFC 5321 §4.5.3.1.3, less the angle brackets
	maxRole       = 32
	maxPicture    = 16 << 10 // bytes: 200 of them in one page of the list must stay bearable
	maxPassword   = 256
)

const (
	zeroWidthNonJoiner = '\u200c' // several scripts are written with it
	zeroWidthJoiner    = '\u200d' // several scripts, and emoji
)

var (
	roleForm    = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9 _-]*[A-Za-z0-9])?$`)
	pictureForm = regexp.MustCompile(`^(?:/[!-.0-\[\]-~][!-\[\]-~]*|data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*)$`)
)

func invalid(format string, args ...any) error { return fault.New(fault.Invalid, format, args...) }

// cleanName gives the name as it is kept.
func cleanName(name string) (string, error) {
	name = norm.NFC.String(strings.TrimSpace(name))
	switch n := utf8.RuneCountInString(name); {
	case n < minLength:
		return "", invalid("Name is missing, or is less than %d characters", minLength)
	case n > maxName:
		return "", invalid("Name is longer than %d characters", maxName)
	case strings.ContainsFunc(name, unfitForName):
		return "", invalid("Name has characters that cannot be shown")
	}
	return name, nil
}

// unfitForName is true for what is invisible or turns the text around it. U+FFFD is what broken input decodes to.
func unfitForName(r rune) bool {
	switch r {
	case zeroWidthJoiner, zeroWidthNonJoiner:
		return false
	case utf8.RuneError, ' ':
		return r == utf8.RuneError
	}
	return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp)
}

// cleanUID gives the uid as it is kept.
func cleanUID(uid string) (string, error) {
	uid = norm.NFC.String(uid)
	switch n := utf8.RuneCountInString(uid); {
	case n < minLength:
		return "", invalid("User ID is missing, or is less than %d characters", minLength)
	case n > maxUID:
		return "", invalid("User ID is longer than %d characters", maxUID)
	case strings.ContainsFunc(uid, unfitForUID):
		return "", invalid("User ID may have letters, digits and - _ . @ + only")
	}
	return uid, nil
}

func unfitForUID(r rune) bool {
	return r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.@+", r)
}

// checkEmail takes a plain address, or none.
func checkEmail(email string) error {
	if email == "" {
		return nil
	}
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email || len(email) > maxEmailBytes || strings.ContainsFunc(email, unfitForName) {
		return invalid("Email is not a valid address")
	}
	return nil
}

func checkRole(role string) error {
	if len(role) > maxRole || !roleForm.MatchString(role) {
		return invalid("Role must have 1 to %d letters, digits, spaces, - or _", maxRole)
	}
	return nil
}

// checkPicture takes what the page's security policy lets it show: pictures of this site, and data: pictures.
func checkPicture(picture string) error {
	if picture != "" && (len(picture) > maxPicture || !pictureForm.MatchString(picture)) {
		return invalid("Picture must be a path of this site or a data: picture of at most %d KiB", maxPicture>>10)
	}
	return nil
}
