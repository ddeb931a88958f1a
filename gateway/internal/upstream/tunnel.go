package upstream

import (
	"sync"
	"time"
)

// Tunnel is a connection to a replica that has switched to another protocol. Reading and writing are for one goroutine each.
type Tunnel struct {
	client *client
	conn   *conn
	once   sync.Once
}

// Read is io.Reader's.
func (t *Tunnel) Read(p []byte) (int, error) { return t.conn.in.Read(p) }

// Write is io.Writer's.
func (t *Tunnel) Write(p []byte) (int, error) { return t.conn.net.Write(p) }

// SetReadDeadline is net.Conn's.
func (t *Tunnel) SetReadDeadline(at time.Time) error { return t.conn.net.SetReadDeadline(at) }

// SetWriteDeadline is net.Conn's.
func (t *Tunnel) SetWriteDeadline(at time.Time) error { return t.conn.net.SetWriteDeadline(at) }

// Close is io.Closer's. It may be called more than once, and by anybody.
func (t *Tunnel) Close() error {
	t.once.Do(func() { t.client.release(t.conn, false) })
	return nil
}
