package upstream

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"time"

	"gatehouse/internal/replica"
)

// The limits of the connections to one replica.
const (
	dialTimeout = time.Second
	maxConns    = 1024
	connWait    = 250 * time.Millisecond // for one of them to become free
	idleFor     = 20 * time.Second       // well below the 75 s after which a service closes
	connFor     = time.Minute            // so that connections spread over replicas that came later
	bufferSize  = 16 << 10               // also the longest header of an answer
)

// target is one replica.
type target = replica.Replica[*client]

// newTarget makes the connections to a replica of the upstream.
func newTarget(addr string, u *url.URL) *client {
	c := &client{addr: addr, host: u.Host, most: maxConns, wait: connWait, idleFor: idleFor}
	if u.Scheme == "https" {
		c.tls = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	}
	return c
}

// dialError is a connection that could not be opened, so nothing was sent.
type dialError struct{ err error }

func (e *dialError) Error() string { return fmt.Sprintf("cannot connect: %v", e.err) }
func (e *dialError) Unwrap() error { return e.err }

func dial(addr string, timeout time.Duration) (net.Conn, error) {
	if timeout <= 0 || timeout > dialTimeout {
		timeout = dialTimeout
	}
	conn, err := net.DialTimeout("tcp", addr, timeout)
	if err != nil {
		return nil, &dialError{err}
	}
	return conn, nil
}
