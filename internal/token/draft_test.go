package token_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"testing"
	"time"

	"gatehouse/internal/token"
)

// draft is a token before it is signed, which a test may spoil as it likes. It is written by hand, not with the JWT
// library, so that both sides cannot be wrong in the same way.
type draft struct{ header, claims map[string]any }

// goodDraft is a token that lacks nothing, for the key of that kid.
func goodDraft(kid string) draft {
	now := time.Now()
	return draft{
		header: map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": kid},
		claims: map[string]any{
			"iss": "gatehouse", "aud": []string{"gatehouse"}, "sub": "7", "uid": "alice", "role": "User", "sid": "s1",
			"jti": "t1", "gen": "g1", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "auth_time": now.Unix(),
		},
	}
}

// with is the draft with one claim changed.
func (d draft) with(claim string, value any) draft {
	d.claims = maps.Clone(d.claims)
	d.claims[claim] = value
	return d
}

// without is the draft without one claim.
func (d draft) without(claim string) draft {
	d.claims = maps.Clone(d.claims)
	delete(d.claims, claim)
	return d
}

// headed is the draft with one member of the header changed.
func (d draft) headed(member string, value any) draft {
	d.header = maps.Clone(d.header)
	d.header[member] = value
	return d
}

// beheaded is the draft without one member of the header.
func (d draft) beheaded(member string) draft {
	d.header = maps.Clone(d.header)
	delete(d.header, member)
	return d
}

// unsigned is the part that a signature covers.
func (d draft) unsigned() string {
	header, _ := json.Marshal(d.header)
	claims, _ := json.Marshal(d.claims)
	return base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims)
}

func (d draft) signed(key ed25519.PrivateKey) string {
	input := d.unsigned()
	return input + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(input)))
}

func (d draft) withMAC(secret []byte) string {
	input := d.unsigned()
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func newKey(t testing.TB) (ed25519.PrivateKey, ed25519.PublicKey, string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private, public, token.Thumbprint(public)
}
