// Package redistest gives tests a real Redis server of their own, which they may stop and start.
package redistest

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/internal/redisurl"
	"gatehouse/internal/servertest"
)

// Server is a Redis server of the test's own.
type Server struct {
	t    testing.TB
	dir  string
	port int
	cmd  *exec.Cmd
}

// Start starts a server that is stopped when the test ends. Without redis-server on the machine the test is skipped with
// a sentence, and fails in CI.
func Start(t testing.TB) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		servertest.Missing(t, "Redis", "install the package redis-server")
	}
	s := &Server{t: t, dir: t.TempDir(), port: servertest.FreePort(t)}
	s.Resume()
	t.Cleanup(s.Stop)
	return s
}

// URL is where the server listens.
func (s *Server) URL() string { return fmt.Sprintf("redis://127.0.0.1:%d/0", s.port) }

// Client is a client of the server, as the services open theirs. It is closed when the test ends.
func (s *Server) Client() redis.UniversalClient {
	s.t.Helper()
	client, err := redisurl.Open(s.URL())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { client.Close() })
	return client
}

// Stop kills the server; what it had appended to its file stays.
func (s *Server) Stop() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
}

// Resume starts the server on its data and waits until it answers.
func (s *Server) Resume() {
	s.t.Helper()
	s.cmd = exec.Command("redis-server", "--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--dir", s.dir,
		"--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction")
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", s.port), MaxRetries: -1})
	defer client.Close()
	deadline := time.Now().Add(10 * time.Second)
	for client.Ping(context.Background()).Err() != nil {
		if time.Now().After(deadline) {
			s.t.Fatal("redis-server does not answer")
		}
		<-time.After(10 * time.Millisecond)
	}
}
