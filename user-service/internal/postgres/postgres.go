// Package postgres keeps accounts and their audit in PostgreSQL.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lib/pq"
)

// The limits of every replica's connections. PostgreSQL's own default is 100 connections for all.
const (
	maxConnections = 20
	maxIdle        = 5
	idleTime       = 5 * time.Minute
	lifetime       = 30 * time.Minute
	connectTimeout = 3 * time.Second
)

// The limits of what a session may do, in milliseconds.
const (
	statementTimeout = "5000"
	lockTimeout      = "3000"
	idleInTxTimeout  = "10000"
)

// DB is the database.
type DB struct {
	pool *sql.DB
	now  func() time.Time
}

// errURL never holds the URL, which has a password in it.
var errURL = errors.New("not the URL of a PostgreSQL database")

// Check finds what is wrong with a URL in a service's configuration. None at all is for env to report.
func Check(url string) error {
	if _, err := pq.NewConfig(url); err != nil && url != "" {
		return errURL
	}
	return nil
}

// Open prepares a pool of connections to the database at the URL; none is made yet.
func Open(url string, now func() time.Time) (*DB, error) {
	config, err := pq.NewConfig(url)
	if err != nil {
		return nil, errURL
	}
	config.ConnectTimeout = connectTimeout
	config.ApplicationName = "user-service"
	if config.Runtime == nil {
		config.Runtime = make(map[string]string)
	}
	config.Runtime["statement_timeout"] = statementTimeout
	config.Runtime["lock_timeout"] = lockTimeout
	config.Runtime["idle_in_transaction_session_timeout"] = idleInTxTimeout
	connector, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, errURL
	}
	connector.Dialer(dialer{silence: answerTimeout})
	pool := openPool(connector)
	pool.SetMaxOpenConns(maxConnections)
	pool.SetMaxIdleConns(maxIdle)
	pool.SetConnMaxIdleTime(idleTime)
	pool.SetConnMaxLifetime(lifetime)
	return &DB{pool: pool, now: now}, nil
}

// Close closes all connections.
func (d *DB) Close() error { return d.pool.Close() }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return translate(d.pool.PingContext(ctx)) }

// transact runs work in a transaction that is committed when work returns nil, and rolled back otherwise.
func (d *DB) transact(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := d.pool.BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback() // does nothing after the commit
	if err := work(tx); err != nil {
		return err
	}
	return translate(tx.Commit())
}
