// Package deadline makes the time limits of a connection cheap to move: a server sets several for each request, and each
// would set a timer of the runtime anew.
package deadline

import (
	"errors"
	"net"
	"os"
	"time"
)

// Conn is a connection whose deadlines are moved by writing them down. A timer that was set for an earlier one fires, finds
// that there is time left, and is set once more. One side of it, reading or writing, is for one goroutine at a time.
type Conn struct {
	net.Conn
	read, write limit
}

// limit is the deadline of one side.
type limit struct {
	due   time.Time // the one that holds; zero for none
	armed time.Time // the one that a timer is set for; never later than due
}

// move takes another deadline, and reports whether the timer must be set for it now.
func (l *limit) move(due time.Time) bool {
	l.due = due
	return !due.IsZero() && (l.armed.IsZero() || due.Before(l.armed))
}

// early reports whether a timer fired that was set for a deadline of before.
func (l *limit) early(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) && (l.due.IsZero() || time.Now().Before(l.due))
}

// SetReadDeadline is net.Conn's.
func (c *Conn) SetReadDeadline(t time.Time) error {
	if c.read.move(t) {
		return c.armRead()
	}
	return nil
}

// SetWriteDeadline is net.Conn's.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	if c.write.move(t) {
		return c.armWrite()
	}
	return nil
}

// SetDeadline is net.Conn's.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

func (c *Conn) armRead() error {
	c.read.armed = c.read.due
	return c.Conn.SetReadDeadline(c.read.due)
}

func (c *Conn) armWrite() error {
	c.write.armed = c.write.due
	return c.Conn.SetWriteDeadline(c.write.due)
}

// Read is net.Conn's.
func (c *Conn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if n > 0 || err == nil || !c.read.early(err) {
			return n, err
		}
		if err := c.armRead(); err != nil {
			return 0, err
		}
	}
}

// Write is net.Conn's.
func (c *Conn) Write(p []byte) (int, error) {
	for written := 0; ; {
		n, err := c.Conn.Write(p[written:])
		if written += n; err == nil || !c.write.early(err) {
			return written, err
		}
		if err := c.armWrite(); err != nil {
			return written, err
		}
	}
}
