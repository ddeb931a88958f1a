package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"gatehouse/bench/internal/process"
	"gatehouse/internal/revocation"
)

// Where the routes of the gateway under test are.
const (
	guardedPath = "/guarded"
	publicPath  = "/public"
)

// gateway is Gatehouse's own, as it ships: the same binary, with its access log.
type gateway struct {
	url    string
	proc   *process.Process
	tokens tokens
}

// startGateway builds and starts one on a database of the Redis, with one session revoked.
func (r *run) startGateway(ctx context.Context, name, database string) (*gateway, error) {
	b, err := r.openSurroundings(ctx)
	if err != nil {
		return nil, err
	}
	binary, err := r.buildGateway(ctx)
	if err != nil {
		return nil, err
	}
	tokens, err := b.gatehouseTokens(ctx, database)
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	g := &gateway{url: "http://" + addr, tokens: tokens}
	g.proc, err = r.launchGateway(ctx, name, binary, addr,
		"PUBLIC_URL="+g.url, "AUTH_SERVICE_URL=http://"+b.issuer.addr, "REDIS_URL="+b.redisURL(database))
	return g, err
}

func (r *run) buildGateway(ctx context.Context) (string, error) {
	binary := filepath.Join(r.dir, "bin", "gateway")
	out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./gateway").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the gateway: %w: %s", err, out)
	}
	return binary, nil
}

// launchGateway starts the binary with these variables and no others, and waits until it is ready.
func (r *run) launchGateway(ctx context.Context, name, binary, addr string, environ ...string) (*process.Process, error) {
	health, err := freeAddr()
	if err != nil {
		return nil, err
	}
	routes := filepath.Join(r.dir, "routes.yaml")
	if err := os.WriteFile(routes, fmt.Appendf(nil, benchRoutes, r.around.upstream), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command(binary)
	cmd.Env = append(environ, "LISTEN="+addr, "HEALTH_LISTEN="+health, "ROUTES_FILE="+routes)
	proc, err := r.procs.Start(name, cmd)
	if err != nil {
		return nil, err
	}
	return proc, proc.Await(ctx, isReady(health))
}

const benchRoutes = `routes:
  - {path: /guarded, methods: [GET], upstream: "http://%[1]s", access: session, forward: identity}
  - {path: /public, methods: [GET], upstream: "http://%[1]s", access: public, forward: none}
`

// isReady asks the health listener of a service.
func isReady(health string) func() bool {
	client := http.Client{Timeout: time.Second}
	return func() bool {
		resp, err := client.Get("http://" + health + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}
}

// gatehouseTokens revokes the session that must be refused, and signs tokens of the list's generation.
func (b *surroundings) gatehouseTokens(ctx context.Context, database string) (tokens, error) {
	store, err := b.openRedis(database)
	if err != nil {
		return tokens{}, err
	}
	defer store.Close()
	list := revocation.New(store, time.Now)
	if err := list.Session(ctx, revokedSession, time.Now().Add(sessionTTL)); err != nil {
		return tokens{}, err
	}
	generation, err := list.Generation(ctx)
	if err != nil {
		return tokens{}, err
	}
	return b.issuer.tokens(generation)
}
