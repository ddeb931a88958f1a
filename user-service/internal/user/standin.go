package user

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// RingSize is how many places the ring has: whole numbers that a random number of PostgreSQL reaches.
const RingSize = 1 << 53

// place is where an uid is on the ring. An unknown one is verified against the hash of the account next to it: the same one
// each time, and old hashes with another cost as often as there are accounts with such. Nobody can work out which without
// the key.
func (s *Service) place(uid string) int64 {
	mac := hmac.New(sha256.New, s.RingKey)
	mac.Write([]byte("place on the ring of " + Fold(uid)))
	return int64(binary.BigEndian.Uint64(mac.Sum(nil)) % RingSize)
}
