// Package signing holds the keys of access tokens: which of them signs at the moment, and which are published. It follows
// the file that they are in, so that keys change without a restart.
//
// A key that was added in time is published before it signs, and one that was replaced is published until the last of its
// tokens has expired: nobody notices. A key that somebody took out of the file before that has leaked: it goes on the
// revocation list, and no gateway accepts a token of it from then on.
package signing

import (
	"crypto/ed25519"
	"sync/atomic"
	"time"

	"gatehouse/internal/token"
)

// overlap is how much longer than its tokens live a key is published, for clocks that differ.
const overlap = 2 * time.Minute

// Keys are the ring of the moment.
type Keys struct {
	ring   atomic.Pointer[token.KeyRing]
	retire time.Duration // how long a key is published that signs no more
	now    func() time.Time
}

var _ token.Keys = (*Keys)(nil)

// New begins with a ring whose tokens live for the time given.
func New(ring token.KeyRing, accessTTL time.Duration, now func() time.Time) *Keys {
	k := &Keys{retire: accessTTL + overlap, now: now}
	k.ring.Store(&ring)
	return k
}

// Sign signs with the key whose time it is.
func (k *Keys) Sign(c token.Claims) (string, error) { return k.ring.Load().Signer(k.now()).Sign(c) }

// SignAssertion signs with the same key.
func (k *Keys) SignAssertion(a token.Assertion) (string, error) {
	return k.ring.Load().Signer(k.now()).SignAssertion(a)
}

// Key finds a key among those that are published.
func (k *Keys) Key(kid string) (ed25519.PublicKey, error) { return k.published().Key(kid) }

// JWKS is the JSON Web Key Set to publish.
func (k *Keys) JWKS() ([]byte, error) { return token.MarshalJWKS(k.due().Public()) }

func (k *Keys) published() token.KeySet { return token.NewKeySet(k.due().Public()) }

func (k *Keys) due() token.KeyRing { return k.ring.Load().Retire(k.now(), k.retire) }
