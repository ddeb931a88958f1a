package edge

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"github.com/valyala/fasthttp"

	"gatehouse/internal/revocation"
)

// Streams are the answers that are still being sent to callers with a session, by their connection. They end when the
// session does.
type Streams struct {
	mu   sync.Mutex
	open map[net.Conn]stream
	n    atomic.Int64 // of open, so that nobody takes the lock while there are none
}

// stream is an answer on its way.
type stream struct {
	token revocation.Token
	body  fasthttp.ReadCloserWithError
}

// errCut ends the connection to the upstream, which would be used again otherwise.
var errCut = errors.New("the session has ended")

// NewStreams begins without any.
func NewStreams() *Streams { return &Streams{open: make(map[net.Conn]stream)} }

// Cut ends the streams whose tokens are refused now.
func (s *Streams) Cut(revoked func(revocation.Token) bool) {
	if s.n.Load() == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn, each := range s.open {
		if revoked(each.token) {
			s.remove(conn)
			conn.Close()
			go each.body.CloseWithError(errCut) // which waits for a read that is under way
		}
	}
}

// add takes an answer in whose end is not in sight.
func (s *Streams) add(conn net.Conn, t revocation.Token, body fasthttp.ReadCloserWithError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[conn] = stream{token: t, body: body}
	s.n.Store(int64(len(s.open)))
}

func (s *Streams) remove(conn net.Conn) {
	delete(s.open, conn)
	s.n.Store(int64(len(s.open)))
}

// changed is told by the server what becomes of a connection: one that idles or is closed has sent its answer.
func (s *Streams) changed(conn net.Conn, state fasthttp.ConnState) {
	if s.n.Load() == 0 || state != fasthttp.StateIdle && state != fasthttp.StateClosed {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(conn)
}

// shortAnswer is how long an answer may be, in bytes, to count as sent at once.
const shortAnswer = 64 << 10

// watch has an answer end with its session. A revocation that came between the check of the token and now has not cut it,
// so the token is looked at once more.
func (e *Edge) watch(v *visit) error {
	resp := v.Response()
	body, streams := resp.BodyStream().(fasthttp.ReadCloserWithError)
	if v.verified == nil || !streams || resp.Header.ContentLength() >= 0 && resp.Header.ContentLength() <= shortAnswer {
		return nil
	}
	e.Streams.add(v.Context().Conn(), v.verified.token, body)
	return e.checkRevocation(v.verified.token)
}
