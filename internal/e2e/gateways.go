//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
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
	base string
	cmd  *exec.Cmd
}

func (n native) anotherGateway(t *testing.T) *gatewayProcess {
	t.Helper()
	port, health := servertest.FreePort(t), servertest.FreePort(t)
	g := &gatewayProcess{base: fmt.Sprintf("http://localhost:%d", port)}
	g.cmd = exec.Command(filepath.Join(n.dir, "bin", "gateway"))
	g.cmd.Env = append(n.env,
		fmt.Sprintf("LISTEN=127.0.0.1:%d", port), fmt.Sprintf("HEALTH_LISTEN=127.0.0.1:%d", health),
		"AUTH_SERVICE_URL=http://127.0.0.1:18081", "REDIS_URL_FILE="+filepath.Join(n.dir, "secrets/gateway/redis_url"),
		"ROUTES_FILE="+filepath.Join(n.dir, "routes.yaml"))
	log, err := os.Create(filepath.Join(n.dir, "log", fmt.Sprintf("gateway-%d.log", port)))
	if err != nil {
		t.Fatal(err)
	}
	g.cmd.Stdout, g.cmd.Stderr = log, log
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.cmd.Process.Kill()
		g.cmd.Wait()
		log.Close()
	})
	ready := func() bool {
		resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/readyz", health))
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}
	if !eventually(20*time.Second, ready) {
		t.Fatal("another gateway does not get ready")
	}
	return g
}
