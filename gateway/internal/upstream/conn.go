package upstream

import (
	"errors"
	"net"
	"syscall"
)

// errStale is a connection that cannot be used again. Nothing was sent on it.
var errStale = errors.New("the connection has ended, or has brought what nobody asked for")

// conn is a connection to a replica. Before each request it looks whether anything has come since the last answer: the end
// of the connection, on which the request would be lost, or an answer to nothing, which would be taken for that of the
// request, and be given to somebody else (as RFC 9112 §9.2 warns). It is one call of the system, of a third of a microsecond.
type conn struct {
	net.Conn
	raw    syscall.RawConn
	asked  bool // a request is being written, or has been
	silent bool // what look has found
	look   func(fd uintptr)
}

func newConn(c *net.TCPConn) (net.Conn, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		c.Close()
		return nil, err
	}
	made := &conn{Conn: c, raw: raw}
	made.look = func(fd uintptr) {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK) // which does not wait: Go's sockets never do
		made.silent = err == syscall.EAGAIN || err == syscall.EINTR
	}
	return made, nil
}

// Write begins a request when the answer to the last one has been read.
func (c *conn) Write(p []byte) (int, error) {
	if !c.asked {
		if err := c.raw.Control(c.look); err != nil || !c.silent {
			return 0, errStale
		}
		c.asked = true
	}
	return c.Conn.Write(p)
}

func (c *conn) Read(p []byte) (int, error) {
	c.asked = false
	return c.Conn.Read(p)
}
