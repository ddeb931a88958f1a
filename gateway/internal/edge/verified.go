package edge

import (
	"crypto/sha256"
	"encoding/binary"
	"sync/atomic"
	"time"

	"gatehouse/internal/principal"
	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
)

// verified is what a good access token says. It never changes.
type verified struct {
	digest    [sha256.Size]byte // of the whole token
	principal principal.Principal
	token     revocation.Token
	until     int64 // Unix nanoseconds: it counts no longer without another verification
}

// trustFor is how long a verification counts at most.
const trustFor = time.Minute

func newVerified(raw []byte, claims *token.Claims, now time.Time) *verified {
	until := now.Add(trustFor)
	if claims.ExpiresAt.Before(until) {
		until = claims.ExpiresAt.Time
	}
	return &verified{
		digest: sha256.Sum256(raw), principal: claims.Principal(), token: revocation.TokenOf(claims), until: until.UnixNano(),
	}
}

// The places of the cache: some 32,000 tokens, each in one of four places that its digest names.
const (
	cacheSets = 1 << 13
	cacheWays = 4
)

// cache remembers verified tokens by the digest of the whole token, and only those that were good. It says nothing about
// roles and revocation, which are looked at on every request. It needs no lock: a place is read and written as a whole, and a
// newer token takes the place of an older one.
type cache struct {
	places [cacheSets][cacheWays]atomic.Pointer[verified]
	next   atomic.Uint32 // which of the four is given up next
	_      [64]byte
	hits   atomic.Uint64 // counted on each request: on a cache line of its own
	_      [56]byte
	misses atomic.Uint64
}

func (c *cache) set(digest *[sha256.Size]byte) *[cacheWays]atomic.Pointer[verified] {
	return &c.places[binary.LittleEndian.Uint64(digest[:])%cacheSets]
}

// find gives the token if it is known and still counts, else nil.
func (c *cache) find(raw []byte, now time.Time) *verified {
	digest := sha256.Sum256(raw)
	set := c.set(&digest)
	for i := range set {
		if v := set[i].Load(); v != nil && v.digest == digest && now.UnixNano() < v.until {
			c.hits.Add(1)
			return v
		}
	}
	c.misses.Add(1)
	return nil
}

// CacheLookups are how often a token was known already, and how often it had to be verified.
func (e *Edge) CacheLookups() (hits, misses uint64) {
	return e.cache.hits.Load(), e.cache.misses.Load()
}

// keep remembers a token, in a place that is free, over, or given up.
func (c *cache) keep(v *verified, now time.Time) {
	set := c.set(&v.digest)
	for i := range set {
		if old := set[i].Load(); old == nil || old.digest == v.digest || old.until <= now.UnixNano() {
			set[i].Store(v)
			return
		}
	}
	set[c.next.Add(1)%cacheWays].Store(v)
}
