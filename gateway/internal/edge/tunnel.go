package edge

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/gateway/internal/upstream"
)

const webSocket = "websocket"

// idleTunnel is how long a tunnel may be silent on both sides. Clients and servers send pings far more often.
const idleTunnel = 5 * time.Minute

// wantsTunnel reports whether the request asks for a WebSocket (RFC 6455 §4.1) on a route that has them. On any other
// route the wish is not heard, as HTTP allows.
func wantsTunnel(v *visit) bool {
	h := &v.Request().Header
	return v.route != nil && v.route.WebSocket && v.Method() == http.MethodGet &&
		bytes.EqualFold(h.Peek(fiber.HeaderUpgrade), []byte(webSocket)) && slices.Contains(named(h), "upgrade")
}

// openTunnel answers that the protocol is switched, and passes bytes both ways from then on.
func (e *Edge) openTunnel(v *visit) error {
	t := v.out.Tunnel
	h := &v.Response().Header
	h.Set(fiber.HeaderConnection, "Upgrade")
	h.Set(fiber.HeaderUpgrade, webSocket)
	conn := v.Context().Conn()
	if err := e.holdOpen(v, t.Close); err != nil {
		return err
	}
	v.Context().Hijack(func(client net.Conn) {
		defer e.Streams.end(conn)
		join(client, t)
	})
	return errAnswered
}

// join passes bytes both ways until one side ends.
func join(client net.Conn, t *upstream.Tunnel) {
	var last atomic.Int64 // when something came, in Unix nanoseconds
	done := make(chan struct{}, 2)
	go func() {
		carry(t, client, &last)
		done <- struct{}{}
	}()
	go func() {
		carry(client, t, &last)
		done <- struct{}{}
	}()
	<-done
	client.Close()
	t.Close()
	<-done
}

// end is what a tunnel has two of.
type end interface {
	io.ReadWriter
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// carry passes bytes on until there are no more, or nobody takes them, or there were none on either side for long.
func carry(to, from end, last *atomic.Int64) {
	buf := make([]byte, 16<<10)
	for {
		from.SetReadDeadline(time.Now().Add(idleTunnel))
		n, err := from.Read(buf)
		now := time.Now()
		if n > 0 {
			last.Store(now.UnixNano())
			to.SetWriteDeadline(now.Add(writeTimeout))
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		silent := now.Sub(time.Unix(0, last.Load())) >= idleTunnel
		if err != nil && (silent || !errors.Is(err, os.ErrDeadlineExceeded)) {
			return
		}
	}
}
