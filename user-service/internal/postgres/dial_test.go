package postgres

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// TestSilence: a server that takes the connection and says nothing is not waited for, neither longer than the limit nor
// longer than the driver asks for.
func TestSilence(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for name, limits := range map[string]struct{ silence, driver time.Duration }{
		"limit":  {silence: time.Millisecond},
		"driver": {silence: time.Hour, driver: time.Millisecond},
	} {
		c, err := dialer{silence: limits.silence}.DialTimeout("tcp", ln.Addr().String(), time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if limits.driver > 0 {
			c.SetDeadline(time.Now().Add(limits.driver))
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		c.Close()
	}
}
