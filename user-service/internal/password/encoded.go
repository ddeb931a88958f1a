package password

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The prefixes that tell hashes apart.
const (
	argon2Prefix = "$argon2id$"
	pbkdf2Prefix = "pbkdf2:sha256"
	scryptPrefix = "scrypt:"
	bcryptPrefix = "$2"
)

// maxEncoded is the longest hash, in bytes, that is looked at.
const maxEncoded = 1024

// What makes a hash useless.
var (
	errForm = errors.New("unknown form")
	errCost = errors.New("parameters out of bounds")
)

// parse reads a hash of any known form whose cost is within bounds. Its errors hold no part of the hash.
func parse(hash string) (digest, error) {
	switch {
	case len(hash) > maxEncoded:
		return nil, errForm
	case strings.HasPrefix(hash, argon2Prefix):
		return parseArgon2(strings.TrimPrefix(hash, argon2Prefix))
	case strings.HasPrefix(hash, pbkdf2Prefix):
		return parsePBKDF2(strings.TrimPrefix(hash, pbkdf2Prefix))
	case strings.HasPrefix(hash, scryptPrefix):
		return parseScrypt(strings.TrimPrefix(hash, scryptPrefix))
	case strings.HasPrefix(hash, bcryptPrefix):
		return parseBcrypt(hash)
	}
	return nil, errForm
}

// number reads a decimal parameter from 1 to limit.
func number(text, what string, limit int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || text != strconv.Itoa(n) {
		return 0, fmt.Errorf("%s: %w", what, errForm)
	}
	if n < 1 || n > limit {
		return 0, fmt.Errorf("%s: %w", what, errCost)
	}
	return n, nil
}
