package token

import (
	"encoding/base64"
	"strings"
)

// canonical reports whether the token is written as its issuer wrote it: Go's decoder passes over line breaks, and over the
// bits of a last letter that mean nothing (RFC 4648 §3.5).
func canonical(raw string) bool {
	for part := range strings.SplitSeq(raw, ".") {
		decoded, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || base64.RawURLEncoding.EncodeToString(decoded) != part {
			return false
		}
	}
	return true
}
