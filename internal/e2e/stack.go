//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/token"
)

// The origin of the seed's page, which the stack allows.
const seedOrigin = "http://localhost:4100"

// Stack is a running Gatehouse whose parts can be stopped and started: postgres, redis, user-service, auth-service,
// gateway.
type Stack interface {
	Up() error
	Remove() error
	Stop(part string) error
	Kill(part string) error
	Start(part string) error
	AdminPassword() (string, error)
	ChangeKeys(command string) error // rotate-keys or drop-keys
	Logs() string
}

const gatewayPort = "18087"

// keyLead is the shortest there may be between rotate-keys and the first token of the new key.
const keyLead = token.MinLead

// baseURL is where the stack's gateway is.
const baseURL = "http://localhost:" + gatewayPort

// mailbox is where the stack's mail arrives.
var mailbox Mailbox

func newStack() (Stack, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	settings := append(neutral(os.Environ()), "CORS_ALLOW_ORIGINS="+seedOrigin, "PUBLIC_URL="+baseURL,
		"KEY_LEAD="+keyLead.String(),
		"TRUSTED_PROXIES=127.0.0.0/8,172.16.0.0/12,192.168.0.0/16") // whatever the tests come through
	if os.Getenv("E2E_STACK") == "compose" {
		mailbox = mailpit{}
		return compose{command{root, append(settings, "GATEWAY_PORT="+gatewayPort, "SMTP_URL=smtp://mailpit:1025")}}, nil
	}
	if mailbox, err = listenForMail(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "gatehouse-e2e-")
	if err != nil {
		return nil, err
	}
	// PostgreSQL's data are below it, and another user owns them.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	settings = append(settings, "RUN_DIR="+dir, "PORT_OFFSET=10000", "GO_BUILD_FLAGS="+raceFlag(), "SMTP_URL=smtp://"+sinkAddr)
	return native{command{root, settings}, dir}, nil
}

// ours are the settings that a developer may have for another installation.
var ours = []string{
	"ACCESS_TOKEN_TTL", "ADMIN_PASSWORD", "ADMIN_UID", "CORS_ALLOW_ORIGINS", "DATABASE_URL", "GATEWAY_PORT", "GITHUB_TOKEN",
	"JWT_TOKEN_NAME", "LOG_LEVEL", "PUBLIC_URL", "REDIS_URL", "REGISTRATION", "ROUTES_FILE", "TRUSTED_PROXIES",
}

// neutral is the environment without them.
func neutral(environ []string) []string {
	return slices.DeleteFunc(environ, func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return slices.Contains(ours, strings.TrimSuffix(name, "_FILE"))
	})
}

// The long proofs are those of `make prove`; `make test` runs the same in a short form.
var long = os.Getenv("PROVE") == "long"

// raceFlag builds the services for the race detector, but not where their time and memory are measured.
func raceFlag() string {
	if long {
		return ""
	}
	return "-race"
}

// command runs programs in the checkout.
type command struct {
	root string
	env  []string
}

func (c command) run(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = c.root, c.env
	out, err := os.CreateTemp("", "gatehouse-e2e-*.out") // a file: a server that was started would keep a pipe open
	if err != nil {
		return "", err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	failed := cmd.Run()
	text, err := os.ReadFile(out.Name())
	if err != nil {
		return "", err
	}
	if failed != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), failed, text)
	}
	return string(text), nil
}

// native is the stack of deploy/native.
type native struct {
	command
	dir string
}

func (n native) ctl(args ...string) error {
	_, err := n.run("deploy/native/gatehouse", args...)
	return err
}

func (n native) Up() error               { return n.ctl("up") }
func (n native) Stop(part string) error  { return n.ctl("stop", part) }
func (n native) Kill(part string) error  { return n.ctl("kill", part) }
func (n native) Start(part string) error { return n.ctl("start", part) }

func (n native) Remove() error {
	if err := n.ctl("down"); err != nil {
		return err
	}
	return os.RemoveAll(n.dir)
}

func (n native) AdminPassword() (string, error) {
	out, err := n.run("deploy/native/gatehouse", "admin-password")
	return strings.TrimSpace(out), err
}

func (n native) ChangeKeys(command string) error { return n.ctl(command) }

// peak is the most memory that a part has ever held, in MiB.
func (n native) peak(t testing.TB, part string) int {
	t.Helper()
	pid, err := os.ReadFile(filepath.Join(n.dir, "pid", part))
	if err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile(filepath.Join("/proc", strings.TrimSpace(string(pid)), "status"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kib >> 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

func (n native) Logs() string {
	files, _ := filepath.Glob(filepath.Join(n.dir, "log", "*.log"))
	var all strings.Builder
	for _, name := range files {
		text, _ := os.ReadFile(name)
		fmt.Fprintf(&all, "== %s\n%s", filepath.Base(name), text)
	}
	return all.String()
}

// eventually asks until the condition holds, for at most the time given.
func eventually(within time.Duration, holds func() bool) bool {
	deadline := time.Now().Add(within)
	for !holds() {
		if time.Now().After(deadline) {
			return false
		}
		<-time.After(50 * time.Millisecond)
	}
	return true
}

// answers reports whether the gateway serves its first page.
func answers() bool {
	resp, err := http.Get(baseURL + "/")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
