package upstream

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"

	"gatehouse/internal/deadline"
)

// conn is one connection to a replica. The zero value is leave to open one.
type conn struct {
	raw   *net.TCPConn
	net   deadline.Conn // what is read from and written to: raw, or TLS on it
	in    *bufio.Reader
	out   []byte
	born  time.Time
	since time.Time // it was last used

	broken  bool // not all of a request could be sent
	control syscall.RawConn
	look    func(fd uintptr) // is peek
	silent  bool             // what it found
}

func (c *conn) open(addr string, config *tls.Config, due time.Time) error {
	raw, err := dial(addr, time.Until(due))
	if err != nil {
		return err
	}
	c.raw, c.born = raw.(*net.TCPConn), time.Now()
	c.net.Conn, c.look = raw, c.peek
	if c.control, err = c.raw.SyscallConn(); err != nil {
		return err
	}
	if config != nil {
		secure := tls.Client(raw, config)
		raw.SetDeadline(due)
		if err := secure.Handshake(); err != nil {
			return err
		}
		c.net.Conn = secure
		raw.SetDeadline(time.Time{})
	}
	c.in = bufio.NewReaderSize(&c.net, bufferSize)
	return nil
}

func (c *conn) close() {
	if c.raw != nil {
		c.raw.Close()
	}
}

// quiet reports whether nothing has come since the last answer: neither the end of the connection, on which a request would
// be lost, nor an answer to nothing, which would be taken for that of the next request and be given to somebody else (RFC
// 9112 §9.2 warns of that). The look is one call of the system, of a third of a microsecond.
func (c *conn) quiet() bool {
	return c.control.Control(c.look) == nil && c.silent
}

func (c *conn) peek(fd uintptr) {
	var one [1]byte
	_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	c.silent = err == syscall.EAGAIN
}

const (
	maxInterim = 8        // answers of 1xx before the answer
	shortBody  = 64 << 10 // bytes; what is longer is passed on as it comes

	earlyAnswer = time.Second // to read the answer of a replica that does not want the rest of a body
)

var errInterim = errors.New("too many interim answers")

// exchange sends the request and reads the header of the answer.
func (c *conn) exchange(req *Request, host string, resp *fasthttp.Response, deadline time.Time) error {
	c.net.SetDeadline(deadline)
	if err := c.send(req, host, deadline); err != nil && !c.answeredEarly(req, err) {
		return timely(err)
	}
	for range maxInterim {
		if err := resp.Header.Read(c.in); err != nil {
			return timely(err)
		}
		switch status := resp.StatusCode(); {
		case status < 100 || status > maxStatus:
			return errStatus
		case status >= 200 || status == fasthttp.StatusSwitchingProtocols:
			return nil
		}
	}
	return errInterim
}

var errStatus = errors.New("the upstream gave a status that there is not")

// maxStatus is the last of RFC 9110 §15.
const maxStatus = 599

// answeredEarly reports whether a replica that takes no more of a long body has said why.
func (c *conn) answeredEarly(req *Request, err error) bool {
	if req.Stream == nil || errors.Is(err, errSource) {
		return false
	}
	c.broken = true
	c.net.SetReadDeadline(time.Now().Add(earlyAnswer))
	_, err = c.in.Peek(1)
	return err == nil
}

// send writes header and body, in one go where they are short.
func (c *conn) send(req *Request, host string, deadline time.Time) error {
	c.out = req.appendHeader(c.out[:0], host)
	if req.Stream != nil {
		return c.sendStream(req, time.Until(deadline))
	}
	body := req.Body
	if len(body) <= bufferSize {
		c.out, body = append(c.out, body...), nil
	}
	_, err := c.net.Write(c.out)
	if err == nil && len(body) > 0 {
		_, err = c.net.Write(body)
	}
	return err
}

// isLong reports whether the body is more than a short one, or its end is not in sight.
func isLong(resp *fasthttp.Response) bool {
	n := resp.Header.ContentLength()
	return hasBody(resp) && (n < 0 || n > shortBody)
}

// hasBody is RFC 9112 §6.3: the length that a 304 names is that of another answer.
func hasBody(resp *fasthttp.Response) bool {
	status := resp.StatusCode()
	return !resp.SkipBody && status != fasthttp.StatusNoContent && status != fasthttp.StatusNotModified
}

func (c *conn) readBody(resp *fasthttp.Response) error {
	if !hasBody(resp) || resp.Header.ContentLength() <= 0 {
		return nil
	}
	return timely(resp.ReadBody(c.in, 0))
}

// timely is how fasthttp names a time-out.
func timely(err error) error {
	if t, ok := err.(interface{ Timeout() bool }); ok && t.Timeout() {
		return fasthttp.ErrTimeout
	}
	return err
}
