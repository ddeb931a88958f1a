package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"gatehouse/gateway/internal/route"
)

// builtIn is the table that holds when ROUTES_FILE names no other.
//
//go:embed routes.yaml
var builtIn []byte

// rereadEvery is how soon a change of the routes files is seen.
const rereadEvery = 2 * time.Second

// routes is where the table comes from.
type routes struct {
	files []string // none: built in
	last  []route.File
}

// load reads the table for the first time.
func (r *routes) load() (*route.Table, error) {
	r.last = []route.File{{Name: "the built-in routes.yaml", Data: builtIn}}
	if len(r.files) > 0 {
		var err error
		if r.last, err = readFiles(r.files); err != nil {
			return nil, err
		}
	}
	return route.LoadFiles(r.last...)
}

// readFiles reads all files, or names each that cannot be read.
func readFiles(names []string) ([]route.File, error) {
	var (
		files  []route.File
		failed []error
	)
	for _, name := range names {
		name = strings.TrimSpace(name)
		data, err := os.ReadFile(name)
		files, failed = append(files, route.File{Name: name, Data: data}), append(failed, err)
	}
	return files, errors.Join(failed...)
}

func same(a, b []route.File) bool {
	return slices.EqualFunc(a, b, func(a, b route.File) bool { return a.Name == b.Name && bytes.Equal(a.Data, b.Data) })
}

// follow looks at the files at every tick and calls use with the new table when one has changed, until the context ends. It
// waits until two looks agree, because a file may be half written. Files with mistakes are reported once, and the table
// that there is stays.
func (r *routes) follow(ctx context.Context, log *slog.Logger, ticks <-chan time.Time, use func(*route.Table) error) {
	for seen := r.last; ; {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		files, err := readFiles(r.files)
		settled := same(files, seen)
		if seen = files; err != nil || !settled || same(files, r.last) {
			continue
		}
		r.last = files
		table, err := route.LoadFiles(r.last...)
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
