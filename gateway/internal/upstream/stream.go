package upstream

import (
	"io"
	"net"
	"net/http/httputil"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// body is that of an answer which is passed on as it comes. Each part of it may take as long as the window. It may be closed
// while it is read.
type body struct {
	client  *client
	conn    *conn
	resp    *fasthttp.Response
	from    io.Reader
	left    int // bytes; negative when the answer does not say
	window  time.Duration
	reading sync.Mutex
	closed  bool
	whole   bool // all of it was read
	chunked bool
	keep    bool // the connection is good for another call then

	reader   net.Conn // who takes the answer; may be nil
	patience time.Duration
}

// silence is how long a stream of unknown length, such as of events, may say nothing.
const silence = 5 * time.Minute

func newBody(client *client, cn *conn, req *Request, resp *fasthttp.Response, window time.Duration, keep bool) *body {
	if resp.Header.ContentLength() < 0 {
		window = max(window, silence)
	}
	b := &body{keep: keep, reader: req.Reader, patience: req.Patience, client: client, conn: cn, resp: resp, from: cn.in, left: resp.Header.ContentLength(), window: window}
	if b.left == -1 {
		b.from, b.chunked = httputil.NewChunkedReader(cn.in), true
	}
	return b
}

// Read is io.Reader's.
func (b *body) Read(p []byte) (int, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	if b.closed {
		return 0, io.ErrClosedPipe
	}
	if b.left == 0 || b.whole {
		b.whole = true
		return 0, io.EOF
	}
	if b.left > 0 {
		p = p[:min(len(p), b.left)]
	}
	b.conn.net.SetReadDeadline(time.Now().Add(b.window))
	n, err := b.from.Read(p)
	if b.reader != nil {
		b.reader.SetWriteDeadline(time.Now().Add(b.patience))
	}
	if b.left > 0 {
		b.left -= n
	}
	return n, b.end(err)
}

// end looks at how a part came: a body whose length is known must not end before.
func (b *body) end(err error) error {
	switch {
	case err == io.EOF && b.left > 0:
		return io.ErrUnexpectedEOF
	case err == io.EOF && b.chunked:
		if err := b.resp.Header.ReadTrailer(b.conn.in); err != nil {
			return io.ErrUnexpectedEOF
		}
		b.whole = true
	case b.left == 0:
		b.whole = true
	}
	return err
}

// Close is io.Closer's.
func (b *body) Close() error { return b.CloseWithError(nil) }

// CloseWithError gives the connection back, to be used again if the body was read to its end.
func (b *body) CloseWithError(err error) error {
	free := b.reading.TryLock()
	if !free {
		b.conn.close() // which ends the read
		b.reading.Lock()
	}
	defer b.reading.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	b.client.release(b.conn, free && err == nil && b.whole && b.keep && b.conn.in.Buffered() == 0)
	return nil
}
