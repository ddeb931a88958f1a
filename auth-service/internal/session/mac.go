package session

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// mac is an HMAC-SHA256 in base64url. Each kind of text has a name of its own, so that one never passes for another under
// the one key.
func mac(key []byte, kind, text string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(kind + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
