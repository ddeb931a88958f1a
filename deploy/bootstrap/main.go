// Command bootstrap makes the secrets of an installation, once, and lays out for each service the files that it may read
// and no others. It may run again at any time: what exists stays.
//
//	bootstrap                  make what is missing
//	bootstrap admin-password   print the first Admin's password
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gatehouse/internal/env"
)

type config struct {
	Dir           string     `env:"SECRETS_DIR"    envDefault:"/secrets"`
	Postgres      string     `env:"POSTGRES_ADDR"  envDefault:"postgres:5432"`
	Redis         string     `env:"REDIS_ADDR"     envDefault:"redis:6379"`
	AdminPassword env.Secret `env:"ADMIN_PASSWORD"`
}

func main() {
	var c config
	if err := env.Load(&c); err != nil {
		env.Report(os.Stderr, "bootstrap", err)
		os.Exit(env.ExitCode)
	}
	if err := run(&c, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bootstrap:", err)
		os.Exit(1)
	}
}

func run(c *config, args []string) error {
	originals := store{dir: filepath.Join(c.Dir, "originals")}
	switch {
	case len(args) == 0:
		// Where it is made here, and is no mount, the border of the secrets is this folder.
		if err := os.MkdirAll(c.Dir, 0o700); err != nil {
			return err
		}
		secrets, err := originals.open(c.AdminPassword.Reveal())
		if err != nil {
			return err
		}
		return layOut(c, secrets)
	case len(args) == 1 && args[0] == "admin-password":
		password, err := originals.read(adminPassword)
		if err == nil {
			fmt.Println(password)
		}
		return err
	}
	return errors.New("usage: bootstrap [admin-password]")
}

// layOut writes the files of each service into a folder of its own: in containers, a volume that nobody else mounts.
func layOut(c *config, s secrets) error {
	redisURL := fmt.Sprintf("redis://:%s@%s/0", s[redisPassword], c.Redis)
	files := map[string]string{
		"auth/signing_key":    s[signingKey],
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
