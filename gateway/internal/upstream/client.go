package upstream

import (
	"crypto/tls"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// client calls one replica over connections that it keeps. fasthttp's own client streams every answer or none, and makes
// new objects for each that it streams; this one streams what is long.
type client struct {
	addr string
	host string      // as the upstream is called
	tls  *tls.Config // nil for plain http

	most    int           // connections
	wait    time.Duration // for one of them to become free
	idleFor time.Duration // until one that nobody uses is closed

	pending atomic.Int64
	mu      sync.Mutex
	idle    []*conn // the one used last is the last
	open    int
	waiting []chan *conn
	sweeper *time.Timer // set while there are idle ones
}

// DoDeadline sends the request and fills in the response. The body of a long answer is still arriving when it returns; each
// part of that may then take as long as the time that was left at first.
func (c *client) DoDeadline(req *Request, resp *fasthttp.Response, deadline time.Time) error {
	window := time.Until(deadline)
	c.pending.Add(1)
	cn, err := c.acquire(deadline)
	if err != nil {
		c.pending.Add(-1)
		return err
	}
	if err := cn.exchange(req, c.host, resp, deadline); err != nil {
		c.release(cn, false)
		return err
	}
	if resp.StatusCode() == fasthttp.StatusSwitchingProtocols {
		return c.switched(cn, req)
	}
	resp.SkipBody = req.Method == http.MethodHead
	keep := !resp.ConnectionClose() && !cn.broken
	if isLong(resp) {
		resp.SetBodyStream(newBody(c, cn, req, resp, window, keep), max(resp.Header.ContentLength(), -1))
		return nil
	}
	err = cn.readBody(resp)
	c.release(cn, keep && err == nil && cn.in.Buffered() == 0)
	return err
}

var errSwitched = errors.New("the upstream switched protocols unasked")

func (c *client) switched(cn *conn, req *Request) error {
	if req.Upgrade == "" {
		c.release(cn, false)
		return errSwitched
	}
	req.Tunnel = &Tunnel{client: c, conn: cn}
	return nil
}

// PendingRequests is how many calls have not ended.
func (c *client) PendingRequests() int { return int(c.pending.Load()) }

// acquire gives a connection: the idle one that was used last, a new one, or one that becomes free in time.
func (c *client) acquire(deadline time.Time) (*conn, error) {
	for {
		cn, wait := c.take()
		if wait != nil {
			cn = c.await(wait, deadline)
		}
		switch {
		case cn == nil:
			return nil, fasthttp.ErrNoFreeConns
		case cn.raw == nil:
			return cn, c.dial(cn, deadline)
		case cn.quiet():
			return cn, nil
		}
		c.forget(cn)
	}
}

// take gives an idle connection, or leave to open one, or a place in the queue.
func (c *client) take() (*conn, chan *conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.idle); n > 0 {
		cn := c.idle[n-1]
		c.idle[n-1] = nil
		c.idle = c.idle[:n-1]
		return cn, nil
	}
	if c.open < c.most {
		c.open++
		return new(conn), nil
	}
	wait := make(chan *conn, 1)
	c.waiting = append(c.waiting, wait)
	return nil, wait
}

// await waits for a connection that another call has no use for any more.
func (c *client) await(wait chan *conn, deadline time.Time) *conn {
	timer := time.NewTimer(min(c.wait, time.Until(deadline)))
	defer timer.Stop()
	select {
	case cn := <-wait:
		return cn
	case <-timer.C:
		return c.giveUp(wait)
	}
}

// giveUp leaves the queue, with what came at the last moment.
func (c *client) giveUp(wait chan *conn) *conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, each := range c.waiting {
		if each == wait {
			c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
			return nil
		}
	}
	return <-wait
}

func (c *client) dial(cn *conn, deadline time.Time) error {
	err := cn.open(c.addr, c.tls, deadline)
	if err != nil {
		c.forget(cn)
	}
	return err
}

// release takes a connection back, to be used again or not.
func (c *client) release(cn *conn, reuse bool) {
	c.pending.Add(-1)
	now := time.Now()
	if !reuse || now.Sub(cn.born) > connFor {
		c.forget(cn)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.handOn(cn) {
		return
	}
	cn.since = now
	c.idle = append(c.idle, cn)
	if c.sweeper == nil {
		c.sweeper = time.AfterFunc(c.idleFor, c.sweep)
	}
}

// forget closes a connection. Whoever waits may open another one.
func (c *client) forget(cn *conn) {
	cn.close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.handOn(new(conn)) {
		c.open--
	}
}

func (c *client) handOn(cn *conn) bool {
	if len(c.waiting) == 0 {
		return false
	}
	c.waiting[0] <- cn
	c.waiting = c.waiting[1:]
	return true
}

// sweep closes what has been idle for long.
func (c *client) sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for n < len(c.idle) && time.Since(c.idle[n].since) >= c.idleFor {
		c.idle[n].close()
		n++
	}
	c.drop(n)
	c.sweeper = nil
	if len(c.idle) > 0 {
		c.sweeper = time.AfterFunc(c.idleFor-time.Since(c.idle[0].since), c.sweep)
	}
}

// drop takes the first n idle ones, which are closed, off the list.
func (c *client) drop(n int) {
	rest := copy(c.idle, c.idle[n:])
	clear(c.idle[rest:])
	c.idle = c.idle[:rest]
	c.open -= n
}

// CloseIdleConnections closes what no call is using.
func (c *client) CloseIdleConnections() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cn := range c.idle {
		cn.close()
	}
	c.drop(len(c.idle))
}
