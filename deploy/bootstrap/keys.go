package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"time"

	"gatehouse/internal/token"
)

const (
	// keepFor is how long a key that has a successor stays in the file: auth-service has retired it before that, however
	// long its tokens live.
	keepFor = token.MaxTTL + time.Hour
	// maxKeys is how many keys a file may have. They are all published, and nobody reads a key set without end.
	maxKeys = 100
	// maxLead keeps a mistyped KEY_LEAD from putting a key off for years.
	maxLead = 24 * time.Hour
)

// rotate adds a key that signs after the lead, when every verifier knows it, and leaves out those that nobody needs.
func (s store) rotate(c *config, now time.Time) error {
	file, err := s.read(signingKey)
	if err != nil {
		return err
	}
	ring, err := token.ParseKeyRing([]byte(file))
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(s.dir, signingKey), err)
	}
	ring = ring.Retire(now, keepFor)
	if n := len(ring.Public()); n >= maxKeys {
		return fmt.Errorf("there are %d keys from the last %v: that is enough", n, keepFor)
	}
	// The file has whole seconds: never one less than the lead.
	from := now.Add(c.KeyLead).Add(time.Second - 1).Truncate(time.Second)
	next, err := newSigningKey(from)
	if err != nil {
		return err
	}
	if err := s.write(c, ring.With(next)); err != nil {
		return err
	}
	fmt.Printf("The key %s signs from %s on.\n", token.NewSigner(next.Key).KeyID(), from.Format(time.RFC3339))
	return nil
}

// drop puts a fresh key, which signs at once, in the place of all others: whoever has stolen one has nothing any more.
func (s store) drop(c *config, now time.Time) error {
	fresh, err := newSigningKey(now.Truncate(time.Second))
	if err != nil {
		return err
	}
	if err := s.write(c, token.NewKeyRing(fresh)); err != nil {
		return err
	}
	fmt.Printf("The key %s has replaced all others.\n", token.NewSigner(fresh.Key).KeyID())
	return nil
}

func newSigningKey(notBefore time.Time) (token.SigningKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return token.SigningKey{Key: key, NotBefore: notBefore}, err
}

// write puts the ring among the originals, then where auth-service reads it.
func (s store) write(c *config, ring token.KeyRing) error {
	file, err := ring.Marshal()
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(s.dir, signingKey), string(file)); err != nil {
		return err
	}
	return replace(filepath.Join(c.Dir, authSigningKey), string(file))
}
