package upstream

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
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

// ejectFor is how long a replica that refused a connection is passed over, while there are others.
const ejectFor = 2 * time.Second

// target is one replica.
type target struct {
	addr    string
	client  *fasthttp.HostClient
	ejected atomic.Int64 // until then, in Unix nanoseconds
}

func newTarget(addr string, u *url.URL) *target {
	return &target{addr: addr, client: &fasthttp.HostClient{
		Addr:                      addr,
		IsTLS:                     u.Scheme == "https",
		TLSConfig:                 &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12},
		DialTimeout:               dial,
		MaxConns:                  maxConns,
		MaxConnWaitTimeout:        connWait,
		MaxIdleConnDuration:       idleFor,
		MaxConnDuration:           connFor,
		MaxIdemponentCallAttempts: 1, // forward decides about a second attempt
		ReadBufferSize:            bufferSize,
		WriteBufferSize:           bufferSize,
		StreamResponseBody:        true,
		NoDefaultUserAgentHeader:  true,
		DisablePathNormalizing:    true,
		SecureErrorLogMessage:     true,
	}}
}

// Weights that put an ejected replica behind every other, and one that was tried already behind those.
const (
	ejectedWeight = 1 << 20
	triedWeight   = 1 << 21
)

// load is what speaks against choosing the replica: its pending calls, and more.
func (t *target) load(tried bool, now time.Time) int {
	load := t.client.PendingRequests()
	if now.UnixNano() < t.ejected.Load() {
		load += ejectedWeight
	}
	if tried {
		load += triedWeight
	}
	return load
}

// note learns from a failed call.
func (t *target) note(err error, now time.Time) {
	switch {
	case isDial(err):
		t.ejected.Store(now.Add(ejectFor).UnixNano())
	case isClosed(err):
		// After a restart every idle connection is dead: the next attempt must open a new one.
		t.client.CloseIdleConnections()
	}
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
	return newConn(conn.(*net.TCPConn))
}
