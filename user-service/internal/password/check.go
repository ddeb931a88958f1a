package password

import (
	"errors"
	"strings"
)

// Check is nil for a hash that Verify can use, or a fault.Invalid that says why not: its form is unknown, or its cost is
// out of bounds, so that to verify it could exhaust the machine. The message holds no part of the hash.
func Check(hash string) error {
	if strings.ContainsFunc(hash, unfitForHash) {
		return weak("Password hash has characters that no hash has")
	}
	_, err := parse(hash)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errCost):
		return weak("Password hash cannot be taken: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return weak("Password hash is none of argon2id, bcrypt, and werkzeug's pbkdf2:sha256 and scrypt, or is damaged")
}

// unfitForHash is true for all but printable ASCII, of which every hash is made.
func unfitForHash(r rune) bool { return r <= ' ' || r > '~' }
