package edge

import (
	"crypto/sha256"
	"hash/maphash"
	"sync/atomic"
	"time"

	"gatehouse/internal/principal"
	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
)

// verified is what a good access token says. It never changes.
type verified struct {
	raw       string            // the whole token
	digest    [sha256.Size]byte // of it
	principal principal.Principal
	identity  header // the lines that tell an upstream of the principal
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
	v := &verified{
		raw: string(raw), digest: sha256.Sum256(raw), principal: claims.Principal(), token: revocation.TokenOf(claims),
		until: until.UnixNano(),
	}
	v.identity.identify(&v.principal)
	return v
}

// The places of the cache: some 32,000 tokens, each in one of four places that its hash names.
const (
	cacheSets = 1 << 13
	cacheWays = 4
)

// cache remembers verified tokens, and only those that were good. A token is known when it is the same, byte for byte: the
// hash, which costs less than a digest, only says where to look. The cache says nothing about roles and revocation, which are
// looked at on every request. It needs no lock: a place is read and written as a whole, and a newer token takes the place of
// an older one.
type cache struct {
	places [cacheSets][cacheWays]atomic.Pointer[verified]
	next   atomic.Uint32 // which of the four is given up next
	_      [64]byte
	hits   atomic.Uint64 // counted on each request: on a cache line of its own
	_      [56]byte
	misses atomic.Uint64
}

// placed is a secret, so that nobody outside can know which tokens share a place.
var placed = maphash.MakeSeed()

func (c *cache) set(hash uint64) *[cacheWays]atomic.Pointer[verified] {
	return &c.places[hash%cacheSets]
}

// find gives the token if it is known and still counts, else nil.
func (c *cache) find(raw []byte, now time.Time) *verified {
	set := c.set(maphash.Bytes(placed, raw))
	for i := range set {
		if v := set[i].Load(); v != nil && v.raw == string(raw) && now.UnixNano() < v.until {
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
	set := c.set(maphash.String(placed, v.raw))
	for i := range set {
		if old := set[i].Load(); old == nil || old.raw == v.raw || old.until <= now.UnixNano() {
			set[i].Store(v)
			return
		}
	}
	set[c.next.Add(1)%cacheWays].Store(v)
}
