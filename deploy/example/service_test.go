// Package example_test runs the services of this folder, each in its own language, against real keys, assertions and access
// tokens.
package example_test

import (
	"bufio"
	"crypto/ed25519"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	grades "gatehouse/deploy/example/go"
	"gatehouse/internal/servertest"
	"gatehouse/internal/token"
)

// keySet is what auth-service publishes.
type keySet struct {
	*httptest.Server
	mu      sync.Mutex
	keys    []ed25519.PublicKey // none: it is down
	fetches atomic.Int64
}

func publish(t *testing.T, keys ...ed25519.PublicKey) *keySet {
	t.Helper()
	set := &keySet{keys: keys}
	set.Server = httptest.NewServer(set)
	t.Cleanup(set.Close)
	return set
}

func (s *keySet) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.fetches.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.keys) == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, "{}")
		return
	}
	data, _ := token.MarshalJWKS(s.keys)
	w.Write(data)
}

func (s *keySet) add(key ed25519.PublicKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, key)
}

// languages start the service for the audience "grades" and give its address.
var languages = map[string]func(t *testing.T, jwks string) string{
	"Go": func(t *testing.T, jwks string) string {
		server := httptest.NewServer(grades.Service(&grades.Gatehouse{JWKS: jwks, Audience: "grades"}))
		t.Cleanup(server.Close)
		return server.URL
	},
	"Python": func(t *testing.T, jwks string) string {
		return launch(t, jwks, servertest.Python(t), "-B", "python/grades.py")
	},
	"JavaScript": func(t *testing.T, jwks string) string {
		node, err := exec.LookPath("node")
		if err != nil {
			servertest.Missing(t, "Node.js", "install nodejs")
		}
		return launch(t, jwks, node, "javascript/grades.mjs")
	},
}

// launch starts a program on a free port, and ends it with the test.
func launch(t *testing.T, jwks, name string, args ...string) string {
	t.Helper()
	program := exec.Command(name, args...)
	program.Env = append(program.Environ(), "PORT=0", "AUDIENCE=grades", "JWKS_URL="+jwks)
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints strings.Builder
	program.Stderr = &complaints
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		program.Process.Kill()
		program.Wait()
		if strings.Contains(complaints.String(), "Traceback") {
			t.Error(complaints.String())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	var port int
	if _, scanned := fmt.Sscanf(line, "listening on port %d", &port); err != nil || scanned != nil {
		t.Fatalf("%s said %q, %v\n%s", name, line, err, complaints.String())
	}
	return fmt.Sprintf("http://127.0.0.1:%d", port)
}

// ask gives the status and the body of an answer. The header is "Name: value".
func ask(t *testing.T, url, header string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if name, value, ok := strings.Cut(header, ": "); ok {
		req.Header.Set(name, value)
	}
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
