package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The bounds of an argon2id hash that somebody brings.
const (
	maxArgon2KiB    = 32 << 10
	maxArgon2Passes = 10
	maxArgon2Lanes  = 8
	minSaltBytes    = 8
	minKeyBytes     = 16
	maxKeyBytes     = 64
)

type argon2Digest struct {
	memory, time, lanes int
	salt, key           []byte
}

// parseArgon2 reads v=19$m=19456,t=2,p=1$salt$key, RFC 9106 in the PHC string format.
func parseArgon2(rest string) (digest, error) {
	parts := strings.Split(rest, "$")
	if len(parts) != 4 || parts[0] != fmt.Sprintf("v=%d", argon2.Version) {
		return nil, errForm
	}
	d, err := argon2Cost(strings.Split(parts[1], ","))
	if err != nil {
		return nil, err
	}
	var saltErr, keyErr error
	d.salt, saltErr = base64.RawStdEncoding.Strict().DecodeString(parts[2])
	d.key, keyErr = base64.RawStdEncoding.Strict().DecodeString(parts[3])
	if saltErr != nil || keyErr != nil || len(d.salt) < minSaltBytes || len(d.key) < minKeyBytes || len(d.key) > maxKeyBytes {
		return nil, errForm
	}
	return d, nil
}

func argon2Cost(params []string) (d argon2Digest, err error) {
	if len(params) != 3 {
		return d, errForm
	}
	memory, hasMemory := strings.CutPrefix(params[0], "m=")
	time, hasTime := strings.CutPrefix(params[1], "t=")
	lanes, hasLanes := strings.CutPrefix(params[2], "p=")
	if !hasMemory || !hasTime || !hasLanes {
		return d, errForm
	}
	var errs [3]error
	d.memory, errs[0] = number(memory, "m", maxArgon2KiB)
	d.time, errs[1] = number(time, "t", maxArgon2Passes)
	d.lanes, errs[2] = number(lanes, "p", maxArgon2Lanes)
	return d, errors.Join(errs[:]...)
}

func (d argon2Digest) fits(password string) bool {
	key := argon2.IDKey([]byte(password), d.salt, uint32(d.time), uint32(d.memory), uint8(d.lanes), uint32(len(d.key)))
	return equal(key, d.key)
}

func (d argon2Digest) current() bool {
	return d.memory == memoryKiB && d.time == passes && d.lanes == lanes && len(d.salt) == saltBytes && len(d.key) == keyBytes
}
