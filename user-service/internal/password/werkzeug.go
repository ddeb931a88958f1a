package password

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// The bounds of a werkzeug hash; werkzeug 3.1 itself makes pbkdf2 with 1,000,000 rounds and scrypt with 32768:8:1.
const (
	maxPBKDF2Rounds     = 2_000_000
	defaultPBKDF2Rounds = 1_000_000 // of werkzeug 3.1, where the hash names none
	maxScryptN          = 1 << 17
	maxScryptR          = 16
	maxScryptP          = 4
	maxScryptBytes      = 32 << 20 // 128·N·r; werkzeug itself takes this much
	scryptKeyBytes      = 64
	maxWerkzeugSalt     = 128
)

type pbkdf2Digest struct {
	rounds    int
	salt, key []byte
}

// parsePBKDF2 reads [:rounds]$salt$hex; the salt is used as the text that it is.
func parsePBKDF2(rest string) (digest, error) {
	rounds, salt, key, err := werkzeugParts(rest, sha256.Size)
	if err != nil {
		return nil, err
	}
	d := pbkdf2Digest{rounds: defaultPBKDF2Rounds, salt: salt, key: key}
	if rounds == "" {
		return d, nil
	}
	rounds, ok := strings.CutPrefix(rounds, ":")
	if !ok {
		return nil, errForm
	}
	d.rounds, err = number(rounds, "rounds", maxPBKDF2Rounds)
	return d, err
}

func (d pbkdf2Digest) fits(password string) bool {
	key, err := pbkdf2.Key(sha256.New, password, d.salt, d.rounds, len(d.key))
	return err == nil && equal(key, d.key)
}

func (pbkdf2Digest) current() bool { return false }

type scryptDigest struct {
	n, r, p   int
	salt, key []byte
}

// parseScrypt reads N:r:p$salt$hex.
func parseScrypt(rest string) (digest, error) {
	method, salt, key, err := werkzeugParts(rest, scryptKeyBytes)
	if err != nil {
		return nil, err
	}
	params := strings.Split(method, ":")
	if len(params) != 3 {
		return nil, errForm
	}
	d := scryptDigest{salt: salt, key: key}
	if d.n, err = number(params[0], "N", maxScryptN); err != nil {
		return nil, err
	}
	if d.r, err = number(params[1], "r", maxScryptR); err != nil {
		return nil, err
	}
	if d.p, err = number(params[2], "p", maxScryptP); err != nil {
		return nil, err
	}
	if d.n < 2 || d.n&(d.n-1) != 0 || 128*d.n*d.r > maxScryptBytes {
		return nil, errCost
	}
	return d, nil
}

func (d scryptDigest) fits(password string) bool {
	key, err := scrypt.Key([]byte(password), d.salt, d.n, d.r, d.p, len(d.key))
	return err == nil && equal(key, d.key)
}

func (scryptDigest) current() bool { return false }

// werkzeugParts splits method$salt$hex.
func werkzeugParts(rest string, size int) (method string, salt, key []byte, err error) {
	parts := strings.Split(rest, "$")
	if len(parts) != 3 || parts[1] == "" || len(parts[1]) > maxWerkzeugSalt {
		return "", nil, nil, errForm
	}
	key, err = hex.DecodeString(parts[2])
	if err != nil || len(key) != size {
		return "", nil, nil, errForm
	}
	return parts[0], []byte(parts[1]), key, nil
}
