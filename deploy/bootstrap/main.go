// Command bootstrap makes the secrets of an installation, once, and lays out for each service the files that it may read
// and no others. It may run again at any time: what exists stays.
//
//	bootstrap                  make what is missing
//	bootstrap admin-password   print the first Admin's password
//	bootstrap rotate-keys      add a key that will sign the access tokens, once every verifier knows it
//	bootstrap drop-keys        refuse all keys of access tokens at once, and sign with a fresh one
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gatehouse/internal/env"
	"gatehouse/internal/token"
)

type config struct {
	Dir           string        `env:"SECRETS_DIR"    envDefault:"/secrets"`
	Postgres      string        `env:"POSTGRES_ADDR"  envDefault:"postgres:5432"`
	Redis         string        `env:"REDIS_ADDR"     envDefault:"redis:6379"`
	AdminPassword env.Secret    `env:"ADMIN_PASSWORD"`
	KeyLead       time.Duration `env:"KEY_LEAD" envDefault:"90s"` // from rotate-keys until the new key signs
}

// Check finds the mistake that no type shows.
func (c *config) Check() error {
	if c.KeyLead < token.MinLead || c.KeyLead > maxLead {
		return env.Mistake("KEY_LEAD", fmt.Errorf("from %v to %v", token.MinLead, maxLead))
	}
	return nil
}

// authSigningKey is where auth-service reads its keys.
const authSigningKey = "auth/signing_key"

func main() {
	var c config
	if err := env.Load(&c); err != nil {
		env.Report(os.Stderr, "bootstrap", err)
		os.Exit(env.ExitCode)
	}
	if err := run(&c, os.Args[1:], time.Now()); err != nil {
		fmt.Fprintln(os.Stderr, "bootstrap:", err)
		os.Exit(1)
	}
}

func run(c *config, args []string, now time.Time) error {
	originals := store{dir: filepath.Join(c.Dir, "originals")}
	switch strings.Join(args, " ") {
	case "":
		// Where it is made here, and is no mount, the border of the secrets is this folder.
		if err := os.MkdirAll(c.Dir, 0o700); err != nil {
			return err
		}
		secrets, err := originals.open(c.AdminPassword.Reveal())
		if err != nil {
			return err
		}
		return layOut(c, secrets)
	case "admin-password":
		password, err := originals.read(adminPassword)
		if err == nil {
			fmt.Println(password)
		}
		return err
	case "rotate-keys":
		return originals.rotate(c, now)
	case "drop-keys":
		return originals.drop(c, now)
	}
	return errors.New("usage: bootstrap [admin-password | rotate-keys | drop-keys]")
}

// layOut writes the files of each service into a folder of its own: in containers, a volume that nobody else mounts.
func layOut(c *config, s secrets) error {
	redisURL := fmt.Sprintf("redis://:%s@%s/0", s[redisPassword], c.Redis)
	files := map[string]string{
		authSigningKey:        s[signingKey],
		"auth/refresh_key":    s[refreshKey],
		"auth/service_secret": s[serviceSecret],
		"auth/redis_url":      redisURL,
		"user/service_secret": s[serviceSecret],
		"user/admin_password": s[adminPassword],
		"user/database_url":   fmt.Sprintf("postgres://gatehouse:%s@%s/gatehouse?sslmode=disable", s[postgresPassword], c.Postgres),
		"gateway/redis_url":   redisURL,
		"postgres/password":   s[postgresPassword],
		"redis/password":      s[redisPassword],
		"redis/redis.conf":    redisConf(s[redisPassword]),
	}
	for name, content := range files {
		if err := replace(filepath.Join(c.Dir, name), content); err != nil {
			return err
		}
	}
	return nil
}

// redisConf keeps every acknowledged write on disk and never evicts: a lost revocation would be a session that comes back.
func redisConf(password string) string {
	return "requirepass " + password + `
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
`
}
