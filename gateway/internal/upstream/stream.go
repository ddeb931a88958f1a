package upstream

import (
	"io"
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
}

func newBody(client *client, cn *conn, resp *fasthttp.Response, window time.Duration, keep bool) *body {
	b := &body{keep: keep, client: client, conn: cn, resp: resp, from: cn.in, left: resp.Header.ContentLength(), window: window}
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

// sendStream passes a body on as it comes, behind the header. Each part may take as long as the window.
func (c *conn) sendStream(req *Request, window time.Duration) error {
	if _, err := c.net.Write(c.out); err != nil {
		return err
	}
	to := &patient{c, window}
	if req.Length >= 0 {
		_, err := io.Copy(to, req.Stream)
		return err
	}
	chunks := httputil.NewChunkedWriter(to)
	if _, err := io.Copy(chunks, req.Stream); err != nil {
		return err
	}
	if err := chunks.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(to, "\r\n") // there are no trailers
	return err
}

// patient gives each part its own time.
type patient struct {
	*conn
	window time.Duration
}

func (p *patient) Write(part []byte) (int, error) {
	p.net.SetWriteDeadline(time.Now().Add(p.window))
	n, err := p.net.Write(part)
	p.net.SetReadDeadline(time.Now().Add(p.window))
	return n, err
}
