//go:build e2e

package e2e

import (
	"encoding/base64"

	"golang.org/x/crypto/argon2"
)

// argon2Key is the digest of a password with today's parameters (user-service/internal/password).
func argon2Key(password, salt string) string {
	return base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(password), []byte(salt), 2, 19<<10, 1, 32))
}
