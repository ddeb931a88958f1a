package token

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"
)

// SigningKey is a private key of the issuer.
type SigningKey struct {
	Key       ed25519.PrivateKey
	NotBefore time.Time // when it begins to sign; zero: it always did
}

func (k SigningKey) public() ed25519.PublicKey { return k.Key.Public().(ed25519.PublicKey) }

// KeyRing is the issuer's private keys, at least one. Exactly one of them signs at any time: the one whose Not-Before
// came last; the oldest, while none has come. Of two with the same Not-Before the one that was given first signs.
//
// All are published, those that are yet to sign too, until they retire.
type KeyRing struct{ keys []SigningKey } // the newest first

// NewKeyRing makes a ring of the keys.
func NewKeyRing(keys ...SigningKey) KeyRing {
	sorted := slices.Clone(keys)
	slices.SortStableFunc(sorted, func(a, b SigningKey) int { return b.NotBefore.Compare(a.NotBefore) })
	return KeyRing{sorted}
}

// With is the ring with one key more.
func (r KeyRing) With(key SigningKey) KeyRing {
	return NewKeyRing(append([]SigningKey{key}, r.keys...)...)
}

// Signer signs with the key whose time it is.
func (r KeyRing) Signer(now time.Time) *Signer {
	for _, k := range r.keys {
		if !k.NotBefore.After(now) {
			return NewSigner(k.Key)
		}
	}
	return NewSigner(r.keys[len(r.keys)-1].Key)
}

// Retire is the ring without the keys that a successor has replaced for the time given; when that is longer than a token
// lives, no token needs them. A successor without a Not-Before retires nobody: nothing says since when it signs.
func (r KeyRing) Retire(now time.Time, after time.Duration) KeyRing {
	for i, k := range r.keys {
		if !k.NotBefore.IsZero() && !k.NotBefore.Add(after).After(now) {
			return KeyRing{r.keys[:i+1]}
		}
	}
	return r
}

// Public is the public half of each key, the newest first.
func (r KeyRing) Public() []ed25519.PublicKey {
	keys := make([]ed25519.PublicKey, len(r.keys))
	for i, k := range r.keys {
		keys[i] = k.public()
	}
	return keys
}

// The form of a key in a file: a PKCS #8 PEM block (RFC 5958) whose header says when the key begins to sign (RFC 3339).
const (
	blockType       = "PRIVATE KEY"
	notBeforeHeader = "Not-Before"
)

// ParseKeyRing reads a ring from the PEM blocks of a file. A block that is cut short is an error too, because the rest
// of a file that is being written looks like one that somebody took keys out of.
func ParseKeyRing(file []byte) (KeyRing, error) {
	var keys []SigningKey
	for rest := file; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		key, err := parseSigningKey(block)
		if err != nil {
			return KeyRing{}, err
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return KeyRing{}, errors.New("no PEM block of a PKCS #8 key")
	}
	if begun := bytes.Count(file, []byte("-----BEGIN ")); begun != len(keys) {
		return KeyRing{}, fmt.Errorf("only %d of %d PEM blocks are whole", len(keys), begun)
	}
	return NewKeyRing(keys...), nil
}

func parseSigningKey(block *pem.Block) (SigningKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return SigningKey{}, err
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return SigningKey{}, fmt.Errorf("%T, not Ed25519", parsed)
	}
	var notBefore time.Time
	if value, ok := block.Headers[notBeforeHeader]; ok {
		if notBefore, err = time.Parse(time.RFC3339, value); err != nil {
			return SigningKey{}, errors.New(notBeforeHeader + " is no time such as 2026-01-02T15:04:05Z")
		}
	}
	return SigningKey{key, notBefore}, nil
}

// Marshal writes the ring as ParseKeyRing reads it.
func (r KeyRing) Marshal() ([]byte, error) {
	var file bytes.Buffer
	for _, k := range r.keys {
		der, err := x509.MarshalPKCS8PrivateKey(k.Key)
		if err != nil {
			return nil, err
		}
		block := &pem.Block{Type: blockType, Bytes: der}
		if !k.NotBefore.IsZero() {
			block.Headers = map[string]string{notBeforeHeader: k.NotBefore.UTC().Format(time.RFC3339)}
		}
		file.Write(pem.EncodeToMemory(block))
	}
	return file.Bytes(), nil
}
