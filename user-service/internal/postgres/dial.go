package postgres

import (
	"context"
	"net"
	"time"

	"github.com/lib/pq"
)

// answerTimeout is how long the server may be silent. It ends a statement that takes too long by itself before that, so
// a longer silence is a server or a network that hangs; the driver alone would wait for ever.
const answerTimeout = 6 * time.Second

// dialer makes connections that do not wait for ever.
type dialer struct {
	net.Dialer
	silence time.Duration
}

var (
	_ pq.Dialer        = dialer{}
	_ pq.DialerContext = dialer{}
)

// DialTimeout implements pq.Dialer.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// Dial implements pq.Dialer.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialContext implements pq.DialerContext.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, silence: d.silence}, nil
}

// conn is a connection each of whose reads has a deadline.
type conn struct {
	net.Conn
	silence time.Duration
	until   time.Time // the driver's own deadline, while it connects
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	c.until = t
	return c.Conn.SetDeadline(t)
}

// Read implements net.Conn.
func (c *conn) Read(b []byte) (int, error) {
	deadline := time.Now().Add(c.silence)
	if !c.until.IsZero() && c.until.Before(deadline) {
		deadline = c.until
	}
	if err := c.Conn.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}
