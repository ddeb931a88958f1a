package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// portOffset keeps the stack apart from others on this machine.
const portOffset = 20000

// stack is a whole Gatehouse on this machine: deploy/native, in a folder of its own.
type stack struct {
	root, dir string
	url       string // of its gateway
	routes    string // its file of routes
	password  string // of the Admin, and of every account that is made for the bench
}

// openStack starts it, once, with one route more: to the bench's upstream.
func (r *run) openStack(ctx context.Context) (*stack, error) {
	if r.stack != nil {
		return r.stack, nil
	}
	b, err := r.openSurroundings(ctx)
	if err != nil {
		return nil, err
	}
	s := &stack{root: r.root, dir: filepath.Join(r.dir, "stack"), url: fmt.Sprintf("http://localhost:%d", 8087+portOffset)}
	if s.routes, err = r.stackRoutes(b.upstream); err != nil {
		return nil, err
	}
	if err := os.Mkdir(s.dir, 0o755); err != nil {
		return nil, err
	}
	r.stack = s // so that what has started is ended, whatever happens
	if _, err := s.control(ctx, "up"); err != nil {
		return nil, err
	}
	if s.password, err = s.control(ctx, "admin-password"); err != nil {
		return nil, err
	}
	return s, nil
}

func (r *run) stackRoutes(upstream string) (string, error) {
	shipped, err := os.ReadFile("gateway/routes.yaml")
	if err != nil {
		return "", err
	}
	more := fmt.Sprintf("\n  - {path: %s, methods: [GET], upstream: \"http://%s\", access: session, forward: identity}\n",
		guardedPath, upstream)
	file := filepath.Join(r.dir, "stack-routes.yaml")
	return file, os.WriteFile(file, append(shipped, more...), 0o644)
}

// foreign are the settings that a developer may have for another installation; an empty one counts as unset.
var foreign = []string{
	"ACCESS_TOKEN_TTL", "ADMIN_PASSWORD", "ADMIN_UID", "CORS_ALLOW_ORIGINS", "DATABASE_URL", "GATEWAY_PORT", "GITHUB_TOKEN",
	"JWT_TOKEN_NAME", "LOG_LEVEL", "PUBLIC_URL", "REDIS_URL", "REGISTRATION",
}

// control runs deploy/native/gatehouse. The bench may claim any address as its own, so that it is many clients.
func (s *stack) control(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.root, "deploy/native/gatehouse"), args...)
	cmd.Env = cmd.Environ()
	for _, name := range foreign {
		cmd.Env = append(cmd.Env, name+"=", name+"_FILE=")
	}
	cmd.Env = append(cmd.Env, "RUN_DIR="+s.dir, "PORT_OFFSET="+strconv.Itoa(portOffset), "ROUTES_FILE="+s.routes,
		"TRUSTED_PROXIES=127.0.0.1,::1")
	// A file: a server that was started would keep a pipe open.
	out, err := os.CreateTemp(s.dir, "control-")
	if err != nil {
		return "", err
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	failed := cmd.Run()
	text, err := os.ReadFile(out.Name())
	if failed != nil {
		return "", fmt.Errorf("deploy/native/gatehouse %s: %w: %s", args[0], failed, text)
	}
	return strings.TrimSpace(string(text)), err
}

func (s *stack) close() {
	if _, err := s.control(context.Background(), "down"); err != nil {
		say("%v", err)
	}
	if data, err := filepath.EvalSymlinks(filepath.Join(s.dir, "postgres")); err == nil {
		os.RemoveAll(data) // may be outside of the folder
	}
}

// pid is the process of a part.
func (s *stack) pid(part string) (int, error) {
	text, err := os.ReadFile(filepath.Join(s.dir, "pid", part))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// sql runs a statement in the stack's database.
func (s *stack) sql(ctx context.Context, statement string) error {
	password, err := os.ReadFile(filepath.Join(s.dir, "secrets/postgres/password"))
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "psql", "-h", "127.0.0.1", "-p", strconv.Itoa(15432+portOffset), "-U", "gatehouse",
		"-d", "gatehouse", "-v", "ON_ERROR_STOP=1", "-q", "-c", statement)
	cmd.Env = append(cmd.Environ(), "PGPASSWORD="+strings.TrimSpace(string(password)))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("psql: %w: %s", err, out)
	}
	return nil
}

// accounts makes sure that there are bench1 to benchN. They have the Admin's hash, and so the Admin's password.
func (s *stack) accounts(ctx context.Context, n int) error {
	return s.sql(ctx, fmt.Sprintf(`
		INSERT INTO users (uid, uid_key, name, name_key, role, password_hash, created_at, updated_at)
		SELECT 'bench' || n, 'bench' || n, 'Bench ' || n, 'bench ' || n, 'User', admin.password_hash, now(), now()
		FROM generate_series(1, %d) n, (SELECT password_hash FROM users WHERE uid = 'admin') admin
		ON CONFLICT DO NOTHING`, n))
}
