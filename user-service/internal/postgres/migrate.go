package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migration/*.sql
var migrations embed.FS

// startLock is the advisory lock that one starting replica holds at a time: "gatehous" in ASCII.
const startLock = 0x67617465686f7573

// Migrate brings the schema up to date, each migration in a transaction of its own, and then calls first, all under one
// advisory lock: of replicas that start at once, one works and the others find the work done.
func (d *DB) Migrate(ctx context.Context, first func(context.Context) error) error {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return translate(err)
	}
	// The session ends with the work, and the lock with the session, even when the unlocking could not be said.
	defer conn.Raw(func(any) error { return driver.ErrBadConn })
	if err := lock(ctx, conn); err != nil {
		return translate(err)
	}
	if err := d.migrate(ctx); err != nil {
		return err
	}
	return first(ctx)
}

func lock(ctx context.Context, conn *sql.Conn) error {
	// Another replica's migration may take longer than a statement is given; answerTimeout still ends the wait, and the
	// caller comes again.
	if _, err := conn.ExecContext(ctx, "SET statement_timeout = 0"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "SET lock_timeout = 0"); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(startLock))
	return err
}

func (d *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, d.pool, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrations: %w", translate(err))
	}
	return nil
}
