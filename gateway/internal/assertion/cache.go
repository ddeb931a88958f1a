package assertion

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"sync/atomic"
	"time"
)

// The places of the cache: some 8,000 assertions of 600 bytes, each in one of four places that its token and audience name.
const (
	cacheSets = 1 << 11
	cacheWays = 4
)

// kept is an assertion that is handed out. It never changes.
type kept struct {
	digest    [sha256.Size]byte // of the access token
	audience  string
	assertion string
	until     int64 // Unix nanoseconds
}

// cache needs no lock: a place is read and written as a whole, and a newer assertion takes the place of an older one.
type cache struct {
	places *[cacheSets][cacheWays]atomic.Pointer[kept]
	seed   maphash.Seed
	next   *atomic.Uint32 // which of the four is given up next
}

func newCache() cache {
	return cache{new([cacheSets][cacheWays]atomic.Pointer[kept]), maphash.MakeSeed(), new(atomic.Uint32)}
}

func (c *cache) set(digest *[sha256.Size]byte, audience string) *[cacheWays]atomic.Pointer[kept] {
	return &c.places[(binary.LittleEndian.Uint64(digest[:])^maphash.String(c.seed, audience))%cacheSets]
}

// find gives an assertion that may be handed out, or nothing.
func (c *cache) find(digest *[sha256.Size]byte, audience string, now time.Time) string {
	set := c.set(digest, audience)
	for i := range set {
		if k := set[i].Load(); k != nil && k.digest == *digest && k.audience == audience && now.UnixNano() < k.until {
			return k.assertion
		}
	}
	return ""
}

// keep puts an assertion in a place that is free, over, or given up.
func (c *cache) keep(k *kept, now time.Time) {
	set := c.set(&k.digest, k.audience)
	for i := range set {
		if old := set[i].Load(); old == nil || old.until <= now.UnixNano() {
			set[i].Store(k)
			return
		}
	}
	set[c.next.Add(1)%cacheWays].Store(k)
}
