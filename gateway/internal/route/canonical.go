package route

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// ErrAmbiguous is a request target that two readers may read differently.
var ErrAmbiguous = errors.New("not a canonical path")

const upperHex = "0123456789ABCDEF"

// Canonical gives the one way to write the path of a request target in origin form (RFC 9112 §3.2.1), and the query as it
// came. Escaped characters that a path may have without an escape are decoded, all other escapes stay, in upper case. It fails with
// ErrAmbiguous for all that some other server might take for another path: an empty, "." or ".." segment; a backslash,
// slash, percent sign, semicolon, dot or control character in an escape; what is no UTF-8; any other form of target.
func Canonical(target string) (path, query string, err error) {
	path, query, _ = strings.Cut(target, "?")
	if !strings.HasPrefix(path, "/") || strings.ContainsRune(query, '#') || !plain(query) {
		return "", "", ErrAmbiguous
	}
	if path, err = decodeOnce(path); err != nil {
		return "", "", err
	}
	return path, query, checkSegments(path)
}

// plain reports whether there is no space, control or non-ASCII character.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// decodeOnce decodes what needs no escape. The text in whole must be UTF-8.
func decodeOnce(path string) (string, error) {
	if simple(path) {
		return path, nil
	}
	out, text := make([]byte, 0, len(path)), make([]byte, 0, len(path))
	for i := 0; i < len(path); i++ {
		b := path[i]
		if b != '%' {
			if !inPath(b) {
				return "", ErrAmbiguous
			}
			out, text = append(out, b), append(text, b)
			continue
		}
		decoded, ok := unescape(path[i:])
		if !ok {
			return "", ErrAmbiguous
		}
		if i, text = i+2, append(text, decoded); inPath(decoded) {
			out = append(out, decoded)
		} else {
			out = append(out, '%', upperHex[decoded>>4], upperHex[decoded&15])
		}
	}
	if !utf8.Valid(text) {
		return "", ErrAmbiguous
	}
	return string(out), nil
}

// simple reports whether nothing needs a second look, as in nearly every path.
func simple(path string) bool {
	for i := range len(path) {
		if b := path[i]; b != '/' && !unreserved(b) {
			return false
		}
	}
	return true
}

// unescape reads %XX. What must never come escaped is not ok.
func unescape(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	high, low := fromHex(s[1]), fromHex(s[2])
	if high < 0 || low < 0 {
		return 0, false
	}
	b := byte(high<<4 | low)
	return b, b >= ' ' && b != 0x7f && !strings.ContainsRune(`./\%;`, rune(b))
}

func fromHex(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return int(b|0x20-'a') + 10
	}
	return -1
}

// unreserved are the characters of RFC 3986 §2.3, which mean the same with and without an escape.
func unreserved(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("-._~", b) >= 0
}

// inPath are the characters that RFC 3986 §3.3 allows in a path without an escape, but for the semicolon.
func inPath(b byte) bool { return unreserved(b) || strings.IndexByte("/!$&'()*+,=:@", b) >= 0 }

// checkSegments refuses what some servers resolve and others do not.
func checkSegments(path string) error {
	from := 1 // where the segment begins
	for i := 1; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' {
			continue
		}
		segment := path[from:i]
		empty := segment == "" && i < len(path) // the last may be
		if empty || segment == "." || segment == ".." {
			return ErrAmbiguous
		}
		from = i + 1
	}
	return nil
}
