package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"time"

	"gatehouse/bench/internal/process"
)

// run is one run of the bench: where it works, for how long, and what it has started so far.
type run struct {
	root   string // of the checkout
	dir    string // for configurations, logs and binaries; removed at the end
	self   string // this program
	rounds int
	each   time.Duration // of a measurement
	procs  *process.Group

	around *surroundings // started by the first part that wants it
	stack  *stack        // likewise
}

func newRun(rounds int, each time.Duration) (*run, error) {
	root, rootErr := filepath.Abs(".")
	self, selfErr := os.Executable()
	_, placeErr := os.Stat("deploy/native/gatehouse")
	if err := errors.Join(rootErr, selfErr, placeErr); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return nil, err
	}
	// nginx and PostgreSQL run as users of their own.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	return &run{root: root, dir: dir, self: self, rounds: rounds, each: each, procs: process.NewGroup(dir)}, nil
}

func (r *run) close() {
	if r.stack != nil {
		r.stack.close()
	}
	r.procs.Stop()
	os.RemoveAll(r.dir)
}

// freeAddr is an address of the loopback network that nobody listens on at the moment.
func freeAddr() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// answering reports whether somebody listens.
func answering(addr string) func() bool {
	return func() bool {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	}
}
