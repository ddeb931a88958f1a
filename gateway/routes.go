package main

import (
	"bytes"
	"context"
	_ "embed"
	"log/slog"
	"os"
	"time"

	"gatehouse/gateway/internal/route"
)

// builtIn is the table that holds when ROUTES_FILE names no other.
//
//go:embed routes.yaml
var builtIn []byte

// rereadEvery is how soon a change of the routes file is seen.
const rereadEvery = 2 * time.Second

// routes is where the table comes from.
type routes struct {
	file string // empty: built in
	last []byte
}

// load reads the table for the first time.
func (r *routes) load() (*route.Table, error) {
	r.last = builtIn
	if r.file != "" {
		var err error
		if r.last, err = os.ReadFile(r.file); err != nil {
			return nil, err
		}
	}
	return route.Load(r.last)
}

// follow looks at the file at every tick and calls use with the new table when it has changed, until the context ends. It
// waits until two looks agree, because the file may be half written. A file with mistakes is reported once, and the table
// that there is stays.
func (r *routes) follow(ctx context.Context, log *slog.Logger, ticks <-chan time.Time, use func(*route.Table) error) {
	for seen := r.last; ; {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		data, err := os.ReadFile(r.file)
		settled := bytes.Equal(data, seen)
		if seen = data; err != nil || !settled || bytes.Equal(data, r.last) {
			continue
		}
		r.last = data
		table, err := route.Load(r.last)
		if err == nil {
			err = use(table)
		}
		if err != nil {
			log.Error("the routes file is refused, the old table stays", "error", err)
			continue
		}
		log.Info("the routes file has changed, the new table holds")
	}
}
