package token

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrNoKeys means that the keys cannot be had at the moment.
var ErrNoKeys = errors.New("no token keys at the moment")

// ErrUnknownKey means that the key set has no such kid.
var ErrUnknownKey = errors.New("unknown token key")

// Keys finds a public key by its kid. It fails with ErrUnknownKey, or with ErrNoKeys when it cannot know.
type Keys interface {
	Key(kid string) (ed25519.PublicKey, error)
}

// KeySet is a fixed set of public keys, by kid.
type KeySet map[string]ed25519.PublicKey

var _ Keys = KeySet(nil)

// NewKeySet makes the set of the keys.
func NewKeySet(keys []ed25519.PublicKey) KeySet {
	set := make(KeySet, len(keys))
	for _, key := range keys {
		set[Thumbprint(key)] = key
	}
	return set
}

// Key finds a key of the set.
func (s KeySet) Key(kid string) (ed25519.PublicKey, error) {
	key, ok := s[kid]
	if !ok {
		return nil, ErrUnknownKey
	}
	return key, nil
}

// jwk is a public Ed25519 key as RFC 8037 §2 writes it.
type jwk struct {
	Curve   string `json:"crv"`
	Kid     string `json:"kid,omitempty"`
	KeyType string `json:"kty"`
	X       string `json:"x"`
	Alg     string `json:"alg,omitempty"`
	Use     string `json:"use,omitempty"`
}

// signsEd25519 reports whether the key is of our kind and for signatures; use and alg may be absent (RFC 7517 §4).
func (k jwk) signsEd25519() bool {
	return k.KeyType == "OKP" && k.Curve == "Ed25519" && (k.Use == "" || k.Use == "sig") && (k.Alg == "" || k.Alg == "EdDSA")
}

type jwks struct {
	Keys []jwk `json:"keys"`
}

// Thumbprint is the kid of a key: RFC 7638, so that every holder of the key names it alike.
func Thumbprint(key ed25519.PublicKey) string {
	// RFC 7638 §3: the required members alone, in the order of their names, which is the order of the struct.
	canonical, _ := json.Marshal(jwk{Curve: "Ed25519", KeyType: "OKP", X: base64.RawURLEncoding.EncodeToString(key)})
	digest := sha256.Sum256(canonical)
	return base64.RawURLEncoding.EncodeToString(digest[:])
}

// MarshalJWKS writes public keys as a JSON Web Key Set (RFC 7517), in the order given.
func MarshalJWKS(keys []ed25519.PublicKey) ([]byte, error) {
	set := jwks{Keys: make([]jwk, len(keys))}
	for i, key := range keys {
		set.Keys[i] = jwk{
			Curve: "Ed25519", Kid: Thumbprint(key), KeyType: "OKP",
			X: base64.RawURLEncoding.EncodeToString(key), Alg: "EdDSA", Use: "sig",
		}
	}
	return json.Marshal(set)
}

// ParseJWKS reads the Ed25519 signing keys of a JSON Web Key Set and passes over all others. A set without any is an
// error, because nothing could be verified with it.
func ParseJWKS(data []byte) (KeySet, error) {
	var set jwks
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	keys := make(KeySet)
	for _, k := range set.Keys {
		x, err := base64.RawURLEncoding.DecodeString(k.X)
		if err != nil || len(x) != ed25519.PublicKeySize || !k.signsEd25519() {
			continue
		}
		keys[Thumbprint(x)] = x
	}
	if len(keys) == 0 {
		return nil, errors.New("key set: no Ed25519 key in it")
	}
	return keys, nil
}
