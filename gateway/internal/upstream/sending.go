package upstream

import (
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"time"
)

// errSource is a body that could not be read; the replica is not to blame.
var errSource = errors.New("the body of the request ended early")

// sendStream passes a body on as it comes, behind the header. Each part may take as long as the window.
func (c *conn) sendStream(req *Request, window time.Duration) error {
	if _, err := c.net.Write(c.out); err != nil {
		return err
	}
	to := &patient{conn: c, window: window}
	err := to.copy(req)
	if err != nil && to.err == nil {
		return fmt.Errorf("%w: %w", errSource, err)
	}
	c.net.SetReadDeadline(time.Now().Add(window)) // for the answer
	return err
}

// patient gives each part its own time, and tells an error of its own from one of the source.
type patient struct {
	*conn
	window time.Duration
	err    error
}

// Write is io.Writer's.
func (p *patient) Write(part []byte) (int, error) {
	p.net.SetWriteDeadline(time.Now().Add(p.window))
	n, err := p.net.Write(part)
	p.err = err
	return n, err
}

// copy frames the body by its length, or in chunks where that is not known. There are no trailers.
func (p *patient) copy(req *Request) error {
	if req.Length >= 0 {
		_, err := io.Copy(p, req.Stream)
		return err
	}
	chunks := httputil.NewChunkedWriter(p)
	if _, err := io.Copy(chunks, req.Stream); err != nil {
		return err
	}
	if err := chunks.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(p, "\r\n")
	return err
}
