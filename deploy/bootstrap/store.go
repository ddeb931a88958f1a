package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gatehouse/internal/token"
)

// The secrets of an installation, by the names of their files.
const (
	signingKey       = "signing_key"
	refreshKey       = "refresh_key"
	serviceSecret    = "service_secret"
	postgresPassword = "postgres_password"
	redisPassword    = "redis_password"
	adminPassword    = "admin_password"
)

type secrets map[string]string

// store is the folder of the originals: whatever stops the bootstrap half-way, the next run goes on with the same values.
type store struct{ dir string }

// open reads all secrets and makes those that are missing. An Admin's password that was chosen takes the place of the one
// there is: it counts until there is an Admin, and one that user-service refuses must not stay for ever.
func (s store) open(chosenAdminPassword string) (secrets, error) {
	random := func() (string, error) { return rand.Text() + rand.Text(), nil } // 2 × 130 bits
	makers := map[string]func() (string, error){
		signingKey: firstSigningKey, refreshKey: random, serviceSecret: random, postgresPassword: random,
		redisPassword: random,
		adminPassword: func() (string, error) { return rand.Text()[:20], nil }, // 100 bits, and short enough to type
	}
	if chosenAdminPassword != "" {
		if err := replace(filepath.Join(s.dir, adminPassword), chosenAdminPassword); err != nil {
			return nil, err
		}
	}
	all := make(secrets, len(makers))
	for name, make := range makers {
		value, err := s.readOrMake(name, make)
		if err != nil {
			return nil, err
		}
		all[name] = value
	}
	return all, nil
}

// firstSigningKey has no time from which it signs: it always did.
func firstSigningKey() (string, error) {
	key, err := newSigningKey(time.Time{})
	if err != nil {
		return "", err
	}
	file, err := token.NewKeyRing(key).Marshal()
	return string(file), err
}

func (s store) readOrMake(name string, make func() (string, error)) (string, error) {
	value, err := s.read(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return value, err
	}
	if value, err = make(); err != nil {
		return "", err
	}
	return value, replace(filepath.Join(s.dir, name), value)
}

func (s store) read(name string) (string, error) {
	path := filepath.Join(s.dir, name)
	data, err := os.ReadFile(path)
	value := strings.TrimRight(string(data), "\n")
	if err == nil && value == "" {
		return "", fmt.Errorf("%s is empty: remove it to have a new one made", path) // never an empty password
	}
	return value, err
}

// replace writes a file whole or not at all. Everybody may read it who can enter the folder; that is the volume's border,
// since the services that share nothing but a volume run as different users.
func replace(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(strings.TrimRight(content, "\n") + "\n")
	if err := errors.Join(err, file.Chmod(0o444), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
