package edge

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"gatehouse/internal/revocation"
)

// Streams are the answers and tunnels that are still open, by the connection of the client. They end when the session does,
// and when the gateway does.
type Streams struct {
	mu   sync.Mutex
	open map[net.Conn]stream
	n    atomic.Int64 // of open, so that nobody takes the lock while there are none
}

// stream is an answer on its way, or a tunnel.
type stream struct {
	token *revocation.Token // nil when there is no session
	close func() error      // what it comes from
}

// finishEvery is how often it is looked whether the last stream is over.
const finishEvery = 50 * time.Millisecond

// errCut ends the connection to the upstream, which would be used again otherwise.
var errCut = errors.New("the session has ended")

// NewStreams begins without any.
func NewStreams() *Streams { return &Streams{open: make(map[net.Conn]stream)} }

// Cut ends the streams whose tokens are refused now.
func (s *Streams) Cut(revoked func(revocation.Token) bool) {
	s.endAll(func(each stream) bool { return each.token != nil && revoked(*each.token) })
}

// Finish waits until none is open, and ends those that are left when the context does.
func (s *Streams) Finish(ctx context.Context) {
	tick := time.NewTicker(finishEvery)
	defer tick.Stop()
	for s.n.Load() > 0 {
		select {
		case <-ctx.Done():
			s.endAll(func(stream) bool { return true })
			return
		case <-tick.C:
		}
	}
}

func (s *Streams) endAll(which func(stream) bool) {
	if s.n.Load() == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn, each := range s.open {
		if which(each) {
			s.remove(conn)
			conn.Close()
			go each.close() // which waits for a read that is under way
		}
	}
}

func (s *Streams) add(conn net.Conn, one stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[conn] = one
	s.n.Store(int64(len(s.open)))
}

func (s *Streams) remove(conn net.Conn) {
	delete(s.open, conn)
	s.n.Store(int64(len(s.open)))
}

// end is for a stream that is over.
func (s *Streams) end(conn net.Conn) {
	s.mu.Lock()
	one, open := s.open[conn]
	s.remove(conn)
	s.mu.Unlock()
	if open {
		one.close()
	}
}

// changed is told by the server what becomes of a connection: one that idles or is closed has sent its answer.
func (s *Streams) changed(conn net.Conn, state fasthttp.ConnState) {
	if s.n.Load() > 0 && (state == fasthttp.StateIdle || state == fasthttp.StateClosed) {
		s.end(conn)
	}
}

// holdOpen has a stream end with its session. A revocation that came between the check of the token and now has not cut
// it, so the token is looked at once more.
func (e *Edge) holdOpen(v *visit, close func() error) error {
	one := stream{close: close}
	if v.verified != nil {
		one.token = &v.verified.token
	}
	conn := v.Context().Conn()
	e.Streams.add(conn, one)
	if one.token == nil {
		return nil
	}
	err := e.checkRevocation(v.traced, *one.token)
	if err != nil {
		e.Streams.end(conn)
	}
	return err
}

// Open is how many there are.
func (s *Streams) Open() int { return int(s.n.Load()) }

// watch holds a long answer open while it is sent.
func (e *Edge) watch(v *visit) error {
	resp := v.Response()
	body, streams := resp.BodyStream().(fasthttp.ReadCloserWithError)
	if !streams {
		return nil
	}
	resp.ImmediateHeaderFlush = resp.Header.ContentLength() < 0 // the first part may be long in coming
	return e.holdOpen(v, func() error { return body.CloseWithError(errCut) })
}
