package deadline_test

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"gatehouse/internal/deadline"
)

// pair are two ends of a connection; the near one is under test, and counts what is asked of the socket.
func pair(t *testing.T) (near *deadline.Conn, socket *counted, far net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	far, err = net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := deadline.Listener{Listener: ln}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	near = accepted.(*deadline.Conn)
	socket = &counted{Conn: near.Conn}
	near.Conn = socket
	t.Cleanup(func() { near.Close(); far.Close() })
	return near, socket, far
}

type counted struct {
	net.Conn
	reads, writes int // deadlines set
}

func (c *counted) SetReadDeadline(t time.Time) error {
	c.reads++
	return c.Conn.SetReadDeadline(t)
}

func (c *counted) SetWriteDeadline(t time.Time) error {
	c.writes++
	return c.Conn.SetWriteDeadline(t)
}

func in(d time.Duration) time.Time { return time.Now().Add(d) }

func TestMovingADeadlineAheadSetsNoTimer(t *testing.T) {
	near, socket, far := pair(t)
	for range 10 {
		near.SetDeadline(in(time.Minute))
		far.Write([]byte("x"))
		if _, err := near.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if _, err := near.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if socket.reads != 1 || socket.writes != 1 {
		t.Errorf("%d and %d timers were set", socket.reads, socket.writes)
	}
}

func TestADeadlineThatWasMovedAheadHoldsNoEarlier(t *testing.T) {
	near, socket, far := pair(t)
	near.SetReadDeadline(in(-time.Second)) // it has fired
	near.SetReadDeadline(in(time.Minute))
	go far.Write([]byte("x"))
	if _, err := near.Read(make([]byte, 1)); err != nil || socket.reads != 2 {
		t.Errorf("%v after %d timers", err, socket.reads)
	}
	near.SetWriteDeadline(in(-time.Second))
	near.SetWriteDeadline(time.Time{})
	if _, err := near.Write([]byte("x")); err != nil || socket.writes != 2 {
		t.Errorf("%v after %d timers", err, socket.writes)
	}
}

func TestADeadlineHolds(t *testing.T) {
	near, _, far := pair(t)
	near.SetDeadline(in(time.Hour))
	near.SetDeadline(in(20 * time.Millisecond)) // sooner
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
	big := make([]byte, 64<<20) // more than any socket holds
	if n, err := near.Write(big); !errors.Is(err, os.ErrDeadlineExceeded) || n == len(big) {
		t.Errorf("%d, %v", n, err)
	}
	near.SetDeadline(time.Time{})
	go io.Copy(io.Discard, far)
	if n, err := near.Write(big); err != nil || n != len(big) {
		t.Errorf("%d, %v", n, err)
	}
}
