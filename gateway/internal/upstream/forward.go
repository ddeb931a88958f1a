package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"

	"gatehouse/internal/fault"
	"gatehouse/internal/replica"
)

// maxAttempts is how many replicas are asked at most for one call.
const maxAttempts = 3

// forward asks one replica, and another one only where the call cannot have had an effect twice.
func (p *pool) forward(req *Request, resp *fasthttp.Response, timeout time.Duration) (string, error) {
	deadline := time.Now().Add(timeout)
	p.set.Await(context.Background(), timeout)
	var room [maxAttempts]*target
	for tried := room[:0]; ; {
		t := p.set.Pick(tried)
		if t == nil {
			return "", fault.Down(p.url.Host, replica.ErrNone)
		}
		t.Begin()
		err := t.Conns.DoDeadline(req, resp, deadline)
		t.End(err)
		if err == nil {
			return t.Addr, nil
		}
		if errors.Is(err, errSource) {
			resp.Reset()
			return t.Addr, &fault.Fault{Kind: fault.Invalid, Message: "The request ended early.", Err: err}
		}
		p.note(t, err)
		if tried = append(tried, t); len(tried) == maxAttempts || !mayRepeat(req, err) {
			resp.Reset()
			return t.Addr, p.faultOf(err)
		}
	}
}

// note learns from a failed call.
func (p *pool) note(t *target, err error) {
	switch {
	case isDial(err):
		p.set.Eject(t, err)
	case isClosed(err):
		// After a restart every idle connection is dead: the next attempt must open a new one.
		t.Conns.CloseIdleConnections()
	}
}

// mayRepeat reports whether nothing was sent, or what was sent may be sent twice.
func mayRepeat(req *Request, err error) bool {
	if isDial(err) || errors.Is(err, fasthttp.ErrNoFreeConns) {
		return true
	}
	return isClosed(err) && req.mayRepeat()
}

func isDial(err error) bool {
	var failed *dialError
	return errors.As(err, &failed)
}

// isClosed reports whether the replica closed the connection before it answered.
func isClosed(err error) bool {
	for _, closed := range []error{
		fasthttp.ErrConnectionClosed, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, syscall.ECONNRESET, syscall.EPIPE,
	} {
		if errors.Is(err, closed) {
			return true
		}
	}
	return false
}

// faultOf says what a failed call means for the client.
func (p *pool) faultOf(err error) *fault.Fault {
	cause := fmt.Errorf("%s: %w", p.url.Host, err)
	var timeout interface{ Timeout() bool }
	switch {
	case isDial(err), isClosed(err), errors.Is(err, fasthttp.ErrNoFreeConns):
		return fault.Down(p.url.Host, err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return &fault.Fault{
			Kind: fault.UpstreamTimeout, Message: "The service took too long to answer. Please try again.", Err: cause,
		}
	}
	return fault.Garbled(cause)
}
