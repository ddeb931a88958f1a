package replica

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

const (
	dialTimeout  = time.Second
	idleFor      = 20 * time.Second // well below the 75 s after which a service closes
	idlePerHost  = 64               // connections kept to a replica
	maxAttempts  = 3                // replicas that are asked for one call
	maxPerTarget = 256              // connections to a replica; others wait
)

// Transport spreads the calls to one service over its replicas, on connections that it keeps.
//
// A call that may be repeated (GET and HEAD, or one with an Idempotency-Key, as net/http has it) goes to another replica
// when one fails. Any other call gets a connection of its own: a kept one may be closed by the other side just when it is
// used, and then nobody knows whether the call arrived. It goes to another replica only when no connection was made.
type Transport struct{ set *Set[*connections] }

// NewTransport follows the replicas of the service until the context ends.
func NewTransport(ctx context.Context, service *url.URL, o Options) *Transport {
	return &Transport{NewSet(ctx, service, o, func(addr string) *connections { return newConnections(addr, service) })}
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.set.Await(req.Context(), firstLookup)
	var room [maxAttempts]*Replica[*connections]
	for tried := room[:0]; ; {
		r := t.set.Pick(tried)
		if r == nil {
			return nil, ErrNone
		}
		again, err := copyOf(req, r.Addr)
		if err != nil {
			return nil, err
		}
		r.Begin()
		resp, err := r.Conns.RoundTrip(again)
		r.End(err)
		if err == nil {
			return resp, nil
		}
		if req.Context().Err() != nil { // no fault of the replica
			return nil, err
		}
		if isDial(err) {
			t.set.Eject(r, err)
		}
		if tried = append(tried, r); len(tried) == maxAttempts || !isDial(err) && !repeatable(req) {
			return nil, err
		}
	}
}

// copyOf is the request for one replica, with a body of its own.
func copyOf(req *http.Request, addr string) (*http.Request, error) {
	out := req.Clone(req.Context())
	out.Host, out.URL.Host = req.URL.Host, addr
	out.Close = !repeatable(req)
	if req.GetBody == nil {
		return out, nil
	}
	var err error
	out.Body, err = req.GetBody()
	return out, err
}

// Repeatable marks a request as one that may be sent again. The header is not sent.
func Repeatable(req *http.Request) { req.Header["Idempotency-Key"] = nil }

func repeatable(req *http.Request) bool {
	_, marked := req.Header["Idempotency-Key"]
	return marked || req.Method == http.MethodGet || req.Method == http.MethodHead
}

// connections are those to one replica.
type connections struct {
	*http.Transport
	pending atomic.Int64
}

func newConnections(addr string, service *url.URL) *connections {
	dialer := net.Dialer{Timeout: dialTimeout}
	return &connections{Transport: &http.Transport{
		TLSClientConfig:     tlsConfig(service),
		IdleConnTimeout:     idleFor,
		MaxIdleConnsPerHost: idlePerHost,
		MaxConnsPerHost:     maxPerTarget,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, &dialError{err}
			}
			return conn, nil
		},
	}}
}

// RoundTrip counts the call while it waits for its answer.
func (c *connections) RoundTrip(req *http.Request) (*http.Response, error) {
	c.pending.Add(1)
	defer c.pending.Add(-1)
	return c.Transport.RoundTrip(req)
}

// PendingRequests implements Connections.
func (c *connections) PendingRequests() int { return int(c.pending.Load()) }

// dialError is a connection that could not be opened, so nothing was sent.
type dialError struct{ err error }

func (e *dialError) Error() string { return "cannot connect: " + e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

func isDial(err error) bool {
	var failed *dialError
	return errors.As(err, &failed)
}
