package revocation

import (
	"hash/maphash"
	"sync/atomic"
)

// table is a hash table from members to scores that any number may read while one writes, without a lock. It keeps a
// 64-bit hash in the place of the member, under a seed of the process that nobody outside can know: with a million entries a
// member that is not there is taken for one that is once in 2^44 look-ups, and is refused then, never let in.
type table struct {
	slots atomic.Pointer[[]slot]
	used  atomic.Int64 // slots taken; only the writer changes it
}

// slot is 16 bytes. A hash of 0 means that it is free; the score is there before the hash.
type slot struct{ hash, score atomic.Uint64 }

const leastSlots = 64 // a power of two, as every size

// newTable makes one with room for so many entries.
func newTable(entries int) *table {
	size := leastSlots
	for size*3 < (entries+1)*4 {
		size *= 2
	}
	t := new(table)
	slots := make([]slot, size)
	t.slots.Store(&slots)
	return t
}

var seed = maphash.MakeSeed()

// hash is never 0. A member is given in two parts, so that nobody has to join them.
func hash(prefix, rest string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(prefix)
	h.WriteString(rest)
	return max(h.Sum64(), 1)
}

// has reports whether the member with the hash is there.
func (t *table) has(hash uint64) bool { return t.score(hash) > 0 }

// score is that of the member with the hash, or 0 when it is not there.
func (t *table) score(hash uint64) uint64 {
	slots := *t.slots.Load()
	for i := hash; ; i++ {
		s := &slots[i&uint64(len(slots)-1)]
		switch s.hash.Load() {
		case hash:
			return s.score.Load()
		case 0:
			return 0
		}
	}
}

// raise puts a member in, or raises its score. Entries with a score below the limit may go when room is made.
func (t *table) raise(member string, score, dropBelow uint64) {
	if slots := *t.slots.Load(); int(t.used.Load()+1)*4 > len(slots)*3 {
		t.rebuild(dropBelow)
	}
	if put(*t.slots.Load(), hash("", member), score) {
		t.used.Add(1)
	}
}

// put reports whether it took a free slot.
func put(slots []slot, hash, score uint64) bool {
	for i := hash; ; i++ {
		s := &slots[i&uint64(len(slots)-1)]
		switch s.hash.Load() {
		case hash:
			s.score.Store(max(s.score.Load(), score))
			return false
		case 0:
			s.score.Store(score)
			s.hash.Store(hash)
			return true
		}
	}
}

// rebuild copies what is still good into new slots, at most half of which it fills.
func (t *table) rebuild(dropBelow uint64) {
	old, kept := *t.slots.Load(), 0
	for i := range old {
		if old[i].good(dropBelow) {
			kept++
		}
	}
	size := leastSlots
	for size < 2*(kept+1) {
		size *= 2
	}
	slots := make([]slot, size)
	for i := range old {
		if old[i].good(dropBelow) {
			put(slots, old[i].hash.Load(), old[i].score.Load())
		}
	}
	t.used.Store(int64(kept))
	t.slots.Store(&slots)
}

func (s *slot) good(dropBelow uint64) bool { return s.hash.Load() != 0 && s.score.Load() >= dropBelow }
