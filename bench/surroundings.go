package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/redis/go-redis/v9"

	"gatehouse/bench/internal/process"
	"gatehouse/internal/redisurl"
)

// surroundings are what stands around every gateway under test: the service behind it, a Redis, and who signs tokens.
type surroundings struct {
	upstream, redis         string // addresses
	upstreamProc, redisProc *process.Process
	issuer                  *issuer
}

// openSurroundings starts it, once.
func (r *run) openSurroundings(ctx context.Context) (*surroundings, error) {
	if r.around != nil {
		return r.around, nil
	}
	var (
		b   surroundings
		err error
	)
	if b.upstream, b.upstreamProc, err = r.startSelf(ctx, "upstream"); err != nil {
		return nil, err
	}
	if b.redis, b.redisProc, err = r.startRedis(ctx); err != nil {
		return nil, err
	}
	if b.issuer, err = newIssuer(); err != nil {
		return nil, err
	}
	r.around = &b
	return r.around, nil
}

// startSelf starts a subcommand of this program on an address of its own.
func (r *run) startSelf(ctx context.Context, name string, args ...string) (string, *process.Process, error) {
	addr, err := freeAddr()
	if err != nil {
		return "", nil, err
	}
	proc, err := r.procs.Start(name, exec.Command(r.self, append([]string{name, addr}, args...)...))
	if err != nil {
		return "", nil, err
	}
	return addr, proc, proc.Await(ctx, answering(addr))
}

// startRedis starts a Redis that keeps its data as the one that Gatehouse ships with.
func (r *run) startRedis(ctx context.Context) (string, *process.Process, error) {
	addr, err := freeAddr()
	if err != nil {
		return "", nil, err
	}
	data := filepath.Join(r.dir, "redis")
	if err := os.Mkdir(data, 0o700); err != nil {
		return "", nil, err
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", nil, err
	}
	proc, err := r.procs.Start("redis", exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", data,
		"--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"))
	if err != nil {
		return "", nil, err
	}
	return addr, proc, proc.Await(ctx, answering(addr))
}

// redisURL is one of the databases of the Redis.
func (b *surroundings) redisURL(database string) string { return "redis://" + b.redis + "/" + database }

func (b *surroundings) openRedis(database string) (redis.UniversalClient, error) {
	return redisurl.Open(b.redisURL(database))
}
