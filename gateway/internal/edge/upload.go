package edge

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/gateway/internal/route"
)

// How bodies come in.
const (
	shortUpload = 64 << 10 // bytes that are gathered before an upstream is asked; what is longer is passed on as it comes
	slowest     = 4 << 10  // bytes a second, beyond the time that any request has: a slower client must not hold an upstream
)

// fits refuses a body that is longer than the route allows, which tooLong has found out.
func (e *Edge) fits(v *visit) error {
	if !v.Request().Header.ConnectionClose() {
		return nil
	}
	for value := range headerValues(v.Request().Header.RawHeaders(), fiber.HeaderContentLength) {
		if n, err := strconv.Atoi(string(value)); err != nil || n > limitOf(v.entries, v.Method()) {
			v.Context().SetConnectionClose() // the body would follow
			return fiber.ErrRequestEntityTooLarge
		}
	}
	return nil
}

func limitOf(entries route.Entries, method string) int {
	if r := entries.For(method); r != nil {
		return r.BodyLimit
	}
	return route.DefaultBodyLimit
}

// tooLong is asked by the server before it reads the first of a body. One that will be refused for its length is not
// waited for: fits refuses it by what the header lines say.
func (e *Edge) tooLong(h *fasthttp.RequestHeader) (config fasthttp.RequestConfig) {
	if h.ContentLength() <= 0 {
		return config
	}
	path, _, err := route.Canonical(string(h.RequestURI()))
	if err != nil || h.ContentLength() > limitOf(e.table.Load().At(path), string(h.Method())) {
		h.SetContentLength(0)
		h.SetConnectionClose()
	}
	return config
}

// takeBody gets the body ready for the upstream: a short one whole, a longer one as it comes.
func (e *Edge) takeBody(v *visit) error {
	in := v.Request()
	if !in.IsBodyStream() {
		return nil
	}
	length := in.Header.ContentLength()
	v.upload = upload{from: in.BodyStream(), conn: v.Context().Conn(), length: length, limit: v.route.BodyLimit, time: e.ReadTimeout}
	if length > shortUpload {
		v.out.Stream, v.out.Length = &v.upload, length
		return nil
	}
	gathered, err := io.ReadAll(io.LimitReader(&v.upload, shortUpload+1))
	switch {
	case err != nil:
		return v.interrupted()
	case len(gathered) <= shortUpload:
		v.out.Body = gathered
	default:
		v.out.Stream, v.out.Length = io.MultiReader(bytes.NewReader(gathered), &v.upload), length
	}
	return nil
}

// interrupted is the refusal of a body that did not come as it should. What else comes on the connection is not to be read.
func (v *visit) interrupted() error {
	v.Context().SetConnectionClose()
	return v.upload.err
}

// upload is the body of a request on its way through.
type upload struct {
	from   io.Reader
	conn   net.Conn
	length int // bytes; negative when it is not known
	limit  int
	got    int
	time   time.Duration // that any request has
	waited time.Duration // for the client alone
	err    error         // its refusal
}

// Read is io.Reader's.
func (u *upload) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	began := time.Now()
	patience := u.time + time.Duration(u.got/slowest)*time.Second - u.waited
	u.conn.SetReadDeadline(began.Add(patience))
	n, err := u.from.Read(p)
	took := time.Since(began)
	u.got += n
	u.waited += took
	var large *fasthttp.ErrSmallBuffer
	switch {
	case u.got > u.limit:
		u.err = fiber.ErrRequestEntityTooLarge
	case err == nil || err == io.EOF && u.got >= u.length: // fasthttp takes a client that is gone for the end
		return n, err
	case took >= patience: // fasthttp does not say so of a chunk
		u.err = fiber.ErrRequestTimeout
	case errors.As(err, &large): // of the trailers
		u.err = fiber.ErrRequestHeaderFieldsTooLarge
	default:
		u.err = fiber.ErrBadRequest
	}
	return 0, u.err
}
