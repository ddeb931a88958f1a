package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/token"
	"gatehouse/user-service/internal/postgres"
	"gatehouse/user-service/internal/user"
)

// startup is what must be done in the database once before the service is ready.
type startup struct {
	db       *postgres.DB
	keys     *token.RemoteKeys
	users    *user.Service
	uid      string // of the first Admin
	password string
	log      *slog.Logger
	done     atomic.Bool
}

// errStarting is what readiness says until the schema is up to date and there is an Admin.
var errStarting = errors.New("the database is not prepared yet")

// run migrates and makes the first Admin. A database that cannot be reached is tried again until the context ends.
func (s *startup) run(ctx context.Context) error {
	for {
		err := s.db.Migrate(ctx, func(ctx context.Context) error { return s.users.EnsureAdmin(ctx, s.uid, s.password) })
		if err == nil {
			s.done.Store(true)
			s.log.Info("database prepared")
			return nil
		}
		if !fault.Is(err, fault.Unavailable) {
			return err
		}
		s.log.Warn("database not prepared", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retryEvery):
		}
	}
}

func (s *startup) ready(ctx context.Context) error {
	if !s.done.Load() {
		return errStarting
	}
	if err := s.keys.Ready(); err != nil {
		return err
	}
	return s.db.Ping(ctx)
}
