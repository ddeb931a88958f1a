package session

import (
	"crypto/hmac"
	"strconv"
	"strings"
)

// RefreshTokens makes and opens refresh tokens: sid, counter and an HMAC-SHA256 over both, so that the same counter gives
// the same token on every replica and the store keeps nothing that could be stolen and used.
type RefreshTokens struct{ key []byte }

// NewRefreshTokens uses the key, which all replicas share; at least 32 random bytes.
func NewRefreshTokens(key []byte) RefreshTokens { return RefreshTokens{key: key} }

// Make is the refresh token of a session for a counter: "<sid>.<counter>.<mac>".
func (r RefreshTokens) Make(sid string, counter uint64) string {
	body := sid + "." + strconv.FormatUint(counter, 10)
	return body + "." + r.mac(body)
}

// Open gives what a token of ours holds; ok is false for any other string.
func (r RefreshTokens) Open(raw string) (sid string, counter uint64, ok bool) {
	cut := strings.LastIndexByte(raw, '.')
	if cut < 0 {
		return "", 0, false
	}
	// The encoded forms are compared: a decoder would pass over line breaks, and a token has one form only.
	if !hmac.Equal([]byte(raw[cut+1:]), []byte(r.mac(raw[:cut]))) {
		return "", 0, false
	}
	sid, number, _ := strings.Cut(raw[:cut], ".")
	counter, err := strconv.ParseUint(number, 10, 64)
	return sid, counter, err == nil
}

func (r RefreshTokens) mac(body string) string { return mac(r.key, "refresh token v1", body) }
