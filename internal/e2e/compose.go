//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// compose is the stack of docker-compose.yml, as a project of its own, with the development mailbox and the example.
type compose struct{ command }

func (c compose) ctl(args ...string) (string, error) {
	files := []string{"-f", "docker-compose.yml", "-f", "deploy/example/compose.yaml"}
	options := append(files, "-p", "gatehouse-e2e", "--profile", "mailbox")
	return c.run("docker", append(append([]string{"compose"}, options...), args...)...)
}

func (c compose) do(args ...string) error {
	_, err := c.ctl(args...)
	return err
}

func (c compose) Up() error               { return c.do("up", "-d", "--build", "--wait") }
func (c compose) Remove() error           { return c.do("down", "-v", "--remove-orphans") }
func (c compose) Stop(part string) error  { return c.do("stop", part) }
func (c compose) Kill(part string) error  { return c.do("kill", part) }
func (c compose) Start(part string) error { return c.do("up", "-d", "--no-recreate", "--wait", part) }

func (c compose) AdminPassword() (string, error) {
	out, err := c.ctl("run", "--rm", "-T", "bootstrap", "admin-password")
	lines := strings.Fields(out)
	if err != nil || len(lines) == 0 {
		return "", err
	}
	return lines[len(lines)-1], nil
}

func (c compose) ChangeKeys(command string) error {
	return c.do("run", "--rm", "-T", "bootstrap", command)
}

// wasRestarted reports whether a container of the service ended by itself and came again.
func (c compose) wasRestarted(t testing.TB, service string) bool {
	t.Helper()
	ids, err := c.ctl("ps", "-q", service)
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.run("docker", append([]string{"inspect", "-f", "{{.RestartCount}}"}, strings.Fields(ids)...)...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(out, "0\n ") != ""
}

func (c compose) Logs() string {
	out, _ := c.ctl("logs", "--no-color")
	return out
}
