//go:build e2e

package e2e

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// containers skips what only the containers can show.
func containers(t *testing.T) compose {
	t.Helper()
	c, ok := stack.(compose)
	if !ok {
		t.Skip("only with E2E_STACK=compose: the machine's own stack has one process of each service")
	}
	return c
}

func TestScaledServicesShareTheWork(t *testing.T) {
	c := containers(t)
	uid := signUp(t, "scaled")
	caller := signedIn(t, uid, password)
	scale := func(n string) {
		t.Helper()
		if err := c.do("up", "-d", "--wait", "--no-recreate", "--scale", "auth-service="+n, "--scale", "user-service="+n); err != nil {
			t.Fatal(err)
		}
	}
	defer scale("1")
	scale("3")
	served := func(service string) int {
		out, err := c.ctl("logs", "--no-color", "--since", "1m", service)
		if err != nil {
			t.Fatal(err)
		}
		replicas := map[string]bool{}
		for line := range strings.SplitSeq(out, "\n") {
			if name, rest, ok := strings.Cut(line, "|"); ok && strings.Contains(rest, `"msg":"request"`) {
				replicas[strings.TrimSpace(name)] = true
			}
		}
		return len(replicas)
	}
	work := func() bool {
		var group sync.WaitGroup
		for range 9 { // sign-ins at once: ten strangers' attempts at one account would be all that it has
			group.Go(func() {
				caller.want(200, "GET", "/api/id", nil)
				newClient(t).want(200, "POST", "/api/authenticate", credential(uid, password))
			})
		}
		group.Wait()
		return served("user-service") == 3 && served("auth-service") == 3
	}
	if !eventually(30*time.Second, work) {
		t.Error("not every replica served requests")
	}
	caller.want(204, "POST", "/api/authenticate/refresh", nil)
}

func TestDownAndUpKeepsAccountsSessionsAndSecrets(t *testing.T) {
	c := containers(t)
	uid := signUp(t, "downup")
	caller := signedIn(t, uid, password)
	if err := c.do("down"); err != nil {
		t.Fatal(err)
	}
	if err := c.Up(); err != nil {
		t.Fatal(err)
	}
	caller.want(200, "GET", "/api/id", nil)
	signedIn(t, uid, password)
	if again, err := c.AdminPassword(); err != nil || again != adminPassword {
		t.Errorf("the Admin's password changed (%v)", err)
	}
}

func TestRestartKeepsSessions(t *testing.T) {
	c := containers(t)
	uid := signUp(t, "composerestart")
	caller := signedIn(t, uid, password)
	if err := c.do("restart"); err != nil {
		t.Fatal(err)
	}
	if err := c.Up(); err != nil {
		t.Fatal(err)
	}
	wellAgain(t, caller)
}

func TestOnlyTheGatewayIsPublished(t *testing.T) {
	c := containers(t)
	out, err := c.ctl("ps", "--format", "{{.Service}} {{.Publishers}}")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(out), "\n") {
		service, ports, _ := strings.Cut(line, " ")
		if published := strings.Contains(ports, gatewayPort); published != (service == "gateway") {
			t.Errorf("%s publishes %s", service, ports)
		}
	}
}
