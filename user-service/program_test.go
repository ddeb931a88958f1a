package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// program is user-service in a process of its own.
type program struct {
	*exec.Cmd
	public, internal string
}

// startProgram builds the program without the race detector, whose memory would be measured, starts it, and waits until it
// says that it is ready.
func startProgram(t *testing.T, keys *httptest.Server, databaseURL string) program {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "user-service")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := program{Cmd: exec.Command(binary)}
	p.Env = []string{
		"DATABASE_URL=" + databaseURL, "SERVICE_SECRET=" + serviceSecret, "ADMIN_PASSWORD=" + adminPassword,
		"AUTH_SERVICE_URL=" + keys.URL, "AUTH_INTERNAL_URL=" + keys.URL,
		"LISTEN=127.0.0.1:0", "INTERNAL_LISTEN=127.0.0.1:0", "HEALTH_LISTEN=127.0.0.1:0", "DRAIN=0s",
	}
	log, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Process.Signal(syscall.SIGTERM)
		p.Wait()
	})
	p.await(t, bufio.NewScanner(log))
	return p
}

// await reads the log until the program listens and its database is prepared, and goes on reading beside the test.
func (p *program) await(t *testing.T, log *bufio.Scanner) {
	t.Helper()
	for isPrepared := false; !isPrepared || p.public == ""; {
		var line struct{ Msg, Addresses string }
		if !log.Scan() || json.Unmarshal(log.Bytes(), &line) != nil {
			t.Fatalf("the log ends with %s, %v", log.Bytes(), log.Err())
		}
		isPrepared = isPrepared || line.Msg == prepared
		if addresses := strings.Fields(strings.Trim(line.Addresses, "[]")); len(addresses) == 3 {
			p.public, p.internal = "http://"+addresses[0], "http://"+addresses[1]
		}
	}
	go func() {
		for log.Scan() {
		}
	}()
}

// admin is the id of the first Admin.
func (p program) admin(t *testing.T) string {
	t.Helper()
	client := userapi.NewClient(p.internal, serviceSecret, http.DefaultClient)
	u, err := client.Verify(t.Context(), userapi.Credential{UID: "admin", Password: adminPassword})
	if err != nil {
		t.Fatal(err)
	}
	return u.ID
}

// peak is the most memory that the process had, in bytes, as Linux counts it.
func (p program) peak(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		t.Skipf("only Linux tells the peak: %v", err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	text, _, _ := strings.Cut(rest, " kB")
	kib, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

func signing(t *testing.T) (*token.Signer, *httptest.Server) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := token.MarshalJWKS([]ed25519.PublicKey{key.Public().(ed25519.PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.Write(keys) }))
	t.Cleanup(server.Close)
	return token.NewSigner(key), server
}

func adminToken(t *testing.T, signer *token.Signer, subject string) string {
	t.Helper()
	var claims token.Claims
	now := time.Now()
	text := fmt.Sprintf(`{"sub":%q,"uid":"admin","role":"Admin","sid":"s","jti":"j","gen":"g","iat":%d,"exp":%d,"auth_time":%[2]d}`,
		subject, now.Unix(), now.Add(time.Hour).Unix())
	if err := json.Unmarshal([]byte(text), &claims); err != nil {
		t.Fatal(err)
	}
	raw, err := signer.Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
