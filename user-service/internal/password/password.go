// Package password hashes passwords, verifies them against today's hashes and those of systems that people come from, and
// says which passwords are too weak. All hashing passes one bounded queue, so that a flood of attempts can exhaust neither
// memory nor the machine.
package password

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"

	"golang.org/x/crypto/argon2"
)

// Today's parameters: the OWASP Password Storage Cheat Sheet's first choice for argon2id.
const (
	memoryKiB = 19 << 10
	passes    = 2
	lanes     = 1
	saltBytes = 16
	keyBytes  = 32
)

// Hasher hashes and verifies behind a queue.
type Hasher struct {
	queue  *Queue
	random io.Reader
	log    *slog.Logger
	dummy  string // what is verified when there is no account
}

// New makes a hasher and, with it, the dummy hash: of a random password, with today's parameters.
func New(queue *Queue, random io.Reader, log *slog.Logger) (*Hasher, error) {
	h := &Hasher{queue: queue, random: random, log: log}
	unknown := make([]byte, keyBytes)
	if _, err := io.ReadFull(random, unknown); err != nil {
		return nil, fmt.Errorf("dummy hash: %w", err)
	}
	dummy, err := h.Hash(context.Background(), string(unknown))
	h.dummy = dummy
	return h, err
}

// Hash gives the PHC string of a password under a fresh salt. It fails with fault.Unavailable when the queue is full.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	var key []byte
	err := h.queue.Do(ctx, func() {
		key = argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, keyBytes)
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%sv=%d$m=%d,t=%d,p=%d$%s$%s", argon2Prefix, argon2.Version, memoryKiB, passes, lanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// Verify reports whether the password is the one that was hashed, and whether the hash should be made anew because it has
// another algorithm or other parameters than today's. An empty hash, or one that cannot be used, costs the dummy hash and
// fits nothing. It fails with fault.Unavailable when the queue is full.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (fits, stale bool, err error) {
	d, err := parse(hash)
	usable := err == nil
	if hash != "" && !usable {
		h.log.WarnContext(ctx, "password hash cannot be used", "error", err)
	}
	if !usable {
		if d, err = parse(h.dummy); err != nil {
			return false, false, err
		}
	}
	err = h.queue.Do(ctx, func() { fits = d.fits(password) })
	return fits && usable && err == nil, !d.current(), err
}

// digest is a parsed hash.
type digest interface {
	fits(password string) bool // costs what the parameters say
	current() bool             // has today's algorithm and parameters
}

func equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
