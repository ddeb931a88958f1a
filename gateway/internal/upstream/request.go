package upstream

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Request is a call to an upstream.
type Request struct {
	Method string
	Target string // path and query
	Header []byte // whole lines as they go over the wire, without Host and what frames the body
	Body   []byte
	Stream io.Reader // in the place of Body: what is passed on as it comes
	Length int       // of the stream, in bytes; negative when it is not known

	Reader   net.Conn // the client, which has so much time to take each part of a long answer; may be nil
	Patience time.Duration

	Upgrade string  // the protocol to switch to, such as websocket; empty for none
	Tunnel  *Tunnel // filled in when the upstream has switched
}

// appendHeader writes the whole header.
func (r *Request) appendHeader(to []byte, host string) []byte {
	to = append(to, r.Method...)
	to = append(to, ' ')
	to = append(to, r.Target...)
	to = append(to, " HTTP/1.1\r\nHost: "...)
	to = append(to, host...)
	to = append(to, "\r\n"...)
	to = append(to, r.Header...)
	if r.Upgrade != "" {
		to = append(to, "Connection: Upgrade\r\nUpgrade: "...)
		to = append(append(to, r.Upgrade...), "\r\n"...)
	}
	switch n := r.length(); {
	case n < 0:
		to = append(to, "Transfer-Encoding: chunked\r\n"...)
	case n > 0 || !r.isBodiless():
		to = append(to, "Content-Length: "...)
		to = strconv.AppendInt(to, int64(n), 10)
		to = append(to, "\r\n"...)
	}
	return append(to, "\r\n"...)
}

func (r *Request) length() int {
	if r.Stream != nil {
		return r.Length
	}
	return len(r.Body)
}

// isBodiless reports whether a request without a body says nothing about its length (RFC 9110 §8.6).
func (r *Request) isBodiless() bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodDelete, http.MethodOptions:
		return true
	}
	return false
}

// isIdempotent is RFC 9110 §9.2.2.
func (r *Request) isIdempotent() bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// mayRepeat reports whether the request may be sent a second time: it then has the same effect, and is all at hand.
func (r *Request) mayRepeat() bool { return r.isIdempotent() && r.length() == 0 && r.Upgrade == "" }
