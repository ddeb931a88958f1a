// Package usertest is the contract of user.Store as tests that every store must pass, and what tests of accounts share.
package usertest

import (
	"testing"

	"gatehouse/internal/env"
	"gatehouse/internal/postgrestest"
)

// OneServer lets all of a test's databases live on one server, because a server takes a second or two to start.
func OneServer(t *testing.T) {
	t.Helper()
	var s struct {
		URL string `env:"TEST_DATABASE_URL"`
	}
	if err := env.Load(&s); err != nil {
		t.Fatal(err)
	}
	if s.URL == "" {
		t.Setenv("TEST_DATABASE_URL", postgrestest.Start(t).URL())
	}
}
