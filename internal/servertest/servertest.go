// Package servertest is what tests need that start a real server of their own.
package servertest

import (
	"net"
	"testing"

	"gatehouse/internal/env"
)

// Missing skips a test that wants a server which is not there, with a sentence; in CI it fails, so that nothing is left
// out unseen.
func Missing(t testing.TB, server, remedy string) {
	t.Helper()
	var s struct {
		CI bool `env:"CI"`
	}
	if err := env.Load(&s); err != nil || s.CI {
		t.Fatalf("%s is not installed (%v)", server, err)
	}
	t.Skipf("this test wants a %s server: %s", server, remedy)
}

// FreePort is a port of the loopback network that nobody listens on at the moment.
func FreePort(t testing.TB) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}
