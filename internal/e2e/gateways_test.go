//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"gatehouse/internal/servertest"
)

// gateways gives the addresses of n gateways: the stack's own, and others that run until the test ends.
func gateways(t *testing.T, n int) []string {
	t.Helper()
	machine, ok := stack.(native)
	if !ok {
		return []string{baseURL} // the containers publish one port
	}
	bases := []string{baseURL}
	for range n - 1 {
		bases = append(bases, machine.anotherGateway(t).base)
	}
	return bases
}

// gatewayProcess is a gateway beside the stack's own.
type gatewayProcess struct {
	base   string
	health string
	binary string
	env    []string
	log    *os.File

	mu  sync.Mutex
	cmd *exec.Cmd
}

func (n native) anotherGateway(t *testing.T) *gatewayProcess {
	t.Helper()
	port, health := servertest.FreePort(t), servertest.FreePort(t)
	log, err := os.Create(filepath.Join(n.dir, "log", fmt.Sprintf("gateway-%d.log", port)))
	if err != nil {
		t.Fatal(err)
	}
	g := &gatewayProcess{
		base: fmt.Sprintf("http://localhost:%d", port), health: fmt.Sprintf("http://127.0.0.1:%d/readyz", health),
		binary: filepath.Join(n.dir, "bin", "gateway"), log: log,
		env: append(slices.Clone(n.env),
			fmt.Sprintf("LISTEN=127.0.0.1:%d", port), fmt.Sprintf("HEALTH_LISTEN=127.0.0.1:%d", health),
			"AUTH_SERVICE_URL=http://127.0.0.1:18081", "AUTH_INTERNAL_URL=http://127.0.0.1:18091", "REDIS_URL_FILE="+filepath.Join(n.dir, "secrets/gateway/redis_url"),
			"ROUTES_FILE="+filepath.Join(n.dir, "routes.yaml")),
	}
	g.start(t)
	t.Cleanup(func() {
		g.kill()
		log.Close()
	})
	return g
}

// start starts the process and waits until it is ready.
func (g *gatewayProcess) start(t *testing.T) {
	t.Helper()
	g.cmd = exec.Command(g.binary)
	g.cmd.Env, g.cmd.Stdout, g.cmd.Stderr = g.env, g.log, g.log
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := func() bool {
		resp, err := http.Get(g.health)
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}
	if !eventually(20*time.Second, ready) {
		t.Error("another gateway does not get ready")
	}
}

func (g *gatewayProcess) kill() {
	g.cmd.Process.Kill()
	g.cmd.Wait()
}

// restart kills the process and starts another at the same address.
func (g *gatewayProcess) restart(t *testing.T) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.kill()
	g.start(t)
}
