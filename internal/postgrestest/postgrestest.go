// Package postgrestest gives tests a database of their own on a real PostgreSQL server.
//
// The server is the one at TEST_DATABASE_URL or, when that is unset, one that is started from the machine's packages for
// the life of the test binary's parent test. Without either the test is skipped with a sentence, and fails in CI.
package postgrestest

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver

	"gatehouse/internal/env"
	"gatehouse/internal/servertest"
)

// Database gives the URL of a new, empty database that is dropped when the test ends.
func Database(t testing.TB) string {
	t.Helper()
	var s struct {
		URL string `env:"TEST_DATABASE_URL"`
	}
	if err := env.Load(&s); err != nil {
		t.Fatal(err)
	}
	if s.URL == "" {
		return Start(t).URL()
	}
	return create(t, s.URL)
}

func create(t testing.TB, server string) string {
	t.Helper()
	db, err := sql.Open("postgres", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), time.Now().UnixNano())
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Log(err)
		}
		db.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// Server is a PostgreSQL server of the test's own, which it may stop and start.
type Server struct {
	t    testing.TB
	bin  string
	dir  string
	port int
	as   *syscall.Credential
}

// Start starts a server that is stopped, and whose data are removed, when the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(bins) == 0 {
		missing(t)
	}
	dir, err := os.MkdirTemp("", "gatehouse-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, bin: bins[len(bins)-1], dir: dir, port: servertest.FreePort(t), as: unprivileged(t, dir)}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.run("initdb", "-U", "gatehouse", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D", s.data())
	s.Resume()
	t.Cleanup(s.Stop)
	return s
}

// URL is where the server's first database is.
func (s *Server) URL() string {
	return fmt.Sprintf("postgres://gatehouse@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}

// Stop stops the server at once; its data stay.
func (s *Server) Stop() {
	s.command("pg_ctl", "-D", s.data(), "-m", "immediate", "-w", "stop").Run()
}

// Resume starts the server on its data and waits until it answers.
func (s *Server) Resume() {
	s.t.Helper()
	options := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off", s.port)
	s.run("pg_ctl", "-D", s.data(), "-l", filepath.Join(s.dir, "log"), "-o", options, "-w", "start")
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	if s.as != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	}
	return cmd
}

func (s *Server) run(name string, args ...string) {
	s.t.Helper()
	cmd := s.command(name, args...)
	// A file, not a pipe: the server inherits it, and a pipe would be waited for.
	file, err := os.Create(filepath.Join(s.dir, name+".out"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	cmd.Stdout, cmd.Stderr = file, file
	if err := cmd.Run(); err != nil {
		out, _ := os.ReadFile(file.Name())
		s.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// unprivileged is the user to run the server as when the test is root, which the server refuses to be.
func unprivileged(t testing.TB, dir string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		missing(t)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func missing(t testing.TB) {
	t.Helper()
	servertest.Missing(t, "PostgreSQL", "install the package postgresql, or set TEST_DATABASE_URL")
}
