//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/servertest"
)

// example brings the service of deploy/example behind the gateway. Among the containers it is there already.
func example(t *testing.T) {
	t.Helper()
	if machine, ok := stack.(native); ok {
		machine.addRoutes(t, machine.startExample(t))
	}
	there := func() bool { return newClient(t).do("GET", "/grades/", nil).Status == 401 }
	if !eventually(10*time.Second, there) {
		t.Fatal("the gateway does not see the new route")
	}
}

// startExample starts the service and gives its address.
func (n native) startExample(t *testing.T) (addr string) {
	t.Helper()
	addr = fmt.Sprintf("127.0.0.1:%d", servertest.FreePort(t))
	service := exec.Command(servertest.Python(t), "-B", filepath.Join(n.root, "deploy/example/python/grades.py"))
	service.Env = append(n.env, "PORT="+strings.TrimPrefix(addr, "127.0.0.1:"), "JWKS_URL=http://127.0.0.1:18081/.well-known/jwks.json")
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		service.Process.Kill()
		service.Wait()
	})
	return addr
}

// addRoutes puts the example's routes into the file that the gateway follows, until the test ends.
func (n native) addRoutes(t *testing.T, addr string) {
	t.Helper()
	file := filepath.Join(n.dir, "routes.yaml")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile(filepath.Join(n.root, "deploy/example/routes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, routes, _ := strings.Cut(string(example), "routes:\n")
	after := string(before) + strings.Replace(routes, "grades:5000", addr, 1)
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(after)
	t.Cleanup(func() {
		write(string(before))
		if !eventually(10*time.Second, func() bool { return newClient(t).do("GET", "/grades/", nil).Status == 404 }) {
			t.Error("the gateway keeps a route that was taken away")
		}
	})
}

// A service of one's own is behind the gateway a few seconds after its routes are written, without a restart, and knows
// who calls.
func TestAServiceOfOnesOwn(t *testing.T) {
	example(t)
	anybody, user, admin := newClient(t), signedIn(t, signUp(t, "Example"), password), signedIn(t, "admin", adminPassword)
	answered := func() bool { return admin.do("GET", "/grades/", nil).Status == 200 }
	if !eventually(10*time.Second, answered) {
		t.Fatal(admin.do("GET", "/grades/", nil).Body)
	}
	if body := admin.want(200, "GET", "/grades/", nil).Body; !strings.Contains(body, `"for": "admin"`) {
		t.Error(body)
	}
	anybody.refused(401, "Authentication Token is missing!", "GET", "/grades/", nil, "X-User-Role", "Admin", "X-Gatehouse-Assertion", "x")
	user.refused(403, "Insufficient permissions. Required roles: [Admin, Teacher]", "GET", "/grades/", nil)
	admin.want(401, "GET", "/grades/by-token", nil)   // the route forwards no token,
	admin.want(403, "GET", "/grades/by-headers", nil) // and no headers
	admin.want(405, "POST", "/grades/", nil)
	token := admin.cookie("/", "jwt")
	admin.want(200, "DELETE", "/api/authenticate", nil)
	if answer, err := ask(baseURL, "GET", "/grades/", nil, "Cookie", "jwt="+token); err != nil || answer.Status != 401 {
		t.Errorf("a copy of the cookie after the sign-out: %v, %v", answer, err)
	}
}

// Who comes past the gateway is nobody, whatever they bring.
func TestBypassingTheGatewayIsNotBypassingTheLogin(t *testing.T) {
	machine, ok := stack.(native)
	if !ok {
		t.Skip("the containers publish the gateway's port alone")
	}
	base := "http://" + machine.startExample(t)
	admin := signedIn(t, "admin", adminPassword)
	up := func() bool {
		resp, err := http.Get(base)
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	}
	if !eventually(10*time.Second, up) {
		t.Fatal("the service is not up")
	}
	for name, headers := range map[string][]string{
		"nothing":           nil,
		"headers":           {"X-User-Uid", "admin", "X-User-Role", "Admin"},
		"the access token":  {"X-Gatehouse-Assertion", admin.cookie("/", "jwt")},
		"it as a bearer":    {"Authorization", "Bearer " + admin.cookie("/", "jwt")},
		"it as a cookie":    {"Cookie", "jwt=" + admin.cookie("/", "jwt")},
		"another assertion": {"X-Gatehouse-Assertion", assertionFor(t, admin, "http://reports:8080")},
	} {
		if answer, err := ask(base, "GET", "/", nil, headers...); err != nil || answer.Status != 401 {
			t.Errorf("with %s: %v, %v", name, answer, err)
		}
	}
	if answer, err := ask(base, "GET", "/", nil, "X-Gatehouse-Assertion", assertionFor(t, admin, "grades")); err != nil || answer.Status != 200 {
		t.Errorf("with an assertion for it: %v, %v", answer, err)
	}
}

// assertionFor asks auth-service's internal listener as the gateway does.
func assertionFor(t *testing.T, c *Client, audience string) string {
	t.Helper()
	answer, err := ask("http://127.0.0.1:18091", "POST", "/assertion", object{"audience": audience}, "Authorization", "Bearer "+c.cookie("/", "jwt"))
	if err != nil || answer.Status != 200 {
		t.Fatalf("%v, %v", answer, err)
	}
	var made struct{ Assertion string }
	answer.json(t, &made)
	return made.Assertion
}

// Only the routes that want an assertion need auth-service, and only where there is none at hand.
func TestAssertionsWhileAuthServiceIsDown(t *testing.T) {
	example(t)
	first, second := signedIn(t, "admin", adminPassword), signedIn(t, "admin", adminPassword)
	if !eventually(10*time.Second, func() bool { return first.do("GET", "/grades/", nil).Status == 200 }) {
		t.Fatal("the example does not answer")
	}
	first.want(200, "GET", "/grades/", nil)
	without(t, "auth-service", func() {
		down(t, second, "GET", "/grades/", nil)
		second.want(200, "GET", "/api/id", nil)
	})
	signsOut := func() bool { return first.do("DELETE", "/api/authenticate", nil).Status == 200 }
	if !eventually(10*time.Second, func() bool { return second.do("GET", "/grades/", nil).Status == 200 }) || !eventually(10*time.Second, signsOut) {
		t.Error("auth-service does not come back")
	}
}
