package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"gatehouse/internal/env"
	"gatehouse/internal/redistest"
)

const (
	gigabyte   = 1 << 30
	mostMemory = 64 << 20 // bytes, of gateway, client and service together
)

// endless are zeros.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

const gigabyteRoutes = `routes:
  - {path: /big, methods: [GET, POST], upstream: "http://127.0.0.1:%d", access: public, timeout: 2m, body_limit: 2GiB}
`

// TestAGigabytePasses sends one up and one down, and looks what memory the process took from the system for that.
func TestAGigabytePasses(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			n, err := io.Copy(io.Discard, r.Body)
			fmt.Fprint(w, n, err)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(gigabyte))
		io.CopyN(w, endless{}, gigabyte)
	}))
	t.Cleanup(service.Close)
	file := filepath.Join(t.TempDir(), "routes.yaml")
	table := fmt.Appendf(nil, gigabyteRoutes, service.Listener.Addr().(*net.TCPAddr).Port)
	if err := os.WriteFile(file, table, 0o600); err != nil {
		t.Fatal(err)
	}
	nowhere := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	public, _ := launch(t, slog.New(slog.DiscardHandler), &config{
		Listen: "127.0.0.1:0", HealthListen: "127.0.0.1:0", PublicURL: &url.URL{Scheme: "http", Host: "localhost:8087"}, CookieName: "jwt",
		AuthServiceURL: nowhere, AuthInternal: nowhere, RedisURL: env.Secret(redistest.Start(t).URL()), RoutesFiles: []string{file},
	}, nil)

	before := taken()
	resp, err := http.Post("http://"+public+"/big", "application/octet-stream", io.LimitReader(endless{}, gigabyte))
	if err != nil {
		t.Fatal(err)
	}
	if told, _ := io.ReadAll(resp.Body); string(told) != fmt.Sprint(gigabyte, nil) {
		t.Errorf("up: %s", told)
	}
	if resp, err = http.Get("http://" + public + "/big"); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, resp.Body); n != gigabyte || err != nil {
		t.Errorf("down: %d, %v", n, err)
	}
	if more := taken() - before; more > mostMemory {
		t.Errorf("it took %d MiB", more>>20)
	} else {
		t.Logf("it took %d MiB", more>>20)
	}
}

// taken is what the process has had from the system at most.
func taken() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}
