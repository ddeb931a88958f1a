package password

import (
	"fmt"

	"golang.org/x/crypto/bcrypt"
)

const (
	maxBcryptCost  = 14 // about a second
	bcryptLength   = 60
	maxBcryptBytes = 72 // all that the algorithm looks at
)

type bcryptDigest string

// parseBcrypt reads $2a$, $2b$ and $2y$.
func parseBcrypt(hash string) (digest, error) {
	cost, err := bcrypt.Cost([]byte(hash))
	if err != nil || len(hash) != bcryptLength {
		return nil, errForm
	}
	if cost > maxBcryptCost {
		return nil, fmt.Errorf("cost: %w", errCost)
	}
	return bcryptDigest(hash), nil
}

func (d bcryptDigest) fits(password string) bool {
	if len(password) > maxBcryptBytes {
		password = password[:maxBcryptBytes]
	}
	return bcrypt.CompareHashAndPassword([]byte(d), []byte(password)) == nil
}

func (bcryptDigest) current() bool { return false }
