package edge

import (
	"bytes"
	"errors"
	"iter"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
)

// headerLines are the names and values of the header as they came, in order. A line that continues the one before it
// (obs-fold, RFC 9112 §5.2) has no name.
func headerLines(raw []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for line := range bytes.Lines(raw) {
			line = bytes.TrimRight(line, "\r\n")
			if len(line) == 0 {
				continue
			}
			name, value, _ := bytes.Cut(line, []byte(":"))
			if line[0] == ' ' || line[0] == '\t' {
				name, value = nil, line
			}
			if !yield(name, trim(value)) {
				return
			}
		}
	}
}

// trim takes off the white space of a header (RFC 9110 §5.6.3), and not what else Unicode has.
func trim(value []byte) []byte { return bytes.Trim(value, " \t") }

// headerValues are the values of all header lines of the name.
func headerValues(raw []byte, name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for n, value := range headerLines(raw) {
			if bytes.EqualFold(n, []byte(name)) && !yield(value) {
				return
			}
		}
	}
}

// single are the headers of which a second one would make two readers disagree. The first two exclude each other.
var single = [...][]byte{
	[]byte("Content-Length"), []byte("Transfer-Encoding"), []byte("Host"), []byte("Content-Type"), []byte("Origin"),
	[]byte("Sec-Fetch-Site"),
}

var (
	errFolded   = errors.New("a folded header line")
	errRepeated = errors.New("a header that must be single is repeated")
	errFraming  = errors.New("both Content-Length and Transfer-Encoding")
	errNoHost   = errors.New("no Host, or one that is no name or address")
	errCoding   = errors.New("a transfer coding other than chunked")
	errLine     = errors.New("a header line that does not end in CRLF, or whose name is no token")
	errVersion  = errors.New("a version of HTTP that is not spoken here")
)

// wellFormed refuses what could be read in two ways.
func (e *Edge) wellFormed(v *visit) error {
	h := &v.Request().Header
	err := checkHeader(h.RawHeaders())
	switch version := string(h.Protocol()); {
	case err != nil:
	case version != "HTTP/1.1" && version != "HTTP/1.0":
		err = errVersion
	case !isHost(h.Host()):
		err = errNoHost
	}
	if err != nil {
		return notUnderstood(v.Ctx, err)
	}
	return nil
}

func checkHeader(raw []byte) error {
	if !endsInCRLF(raw) {
		return errLine
	}
	var seen [len(single)]bool
	for name, value := range headerLines(raw) {
		switch {
		case name == nil:
			return errFolded
		case bytes.IndexByte(name, ' ') >= 0: // the server takes it for a part of the name, and another for its end
			return errLine
		}
		for i, s := range single {
			if len(name) != len(s) || !bytes.EqualFold(name, s) {
				continue
			}
			if seen[i] {
				return errRepeated
			}
			if i == coding && !bytes.EqualFold(value, chunked) {
				return errCoding
			}
			seen[i] = true
		}
	}
	if seen[length] && seen[coding] {
		return errFraming
	}
	return nil
}

// Where in single they are.
const length, coding = 0, 1

var chunked = []byte("chunked")

// endsInCRLF reports whether every line does: LF alone ends a line for some readers, and not for others (RFC 9112 §2.2).
func endsInCRLF(raw []byte) bool {
	for {
		end := bytes.IndexByte(raw, '\n')
		if end < 0 {
			return true
		}
		if end == 0 || raw[end-1] != '\r' {
			return false
		}
		raw = raw[end+1:]
	}
}

// isHost takes the characters of a name, an address and a port. Upstreams are told it, and may build links of it.
func isHost(host []byte) bool {
	for _, b := range host {
		letter := b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9'
		if !letter && b != '-' && b != '.' && b != '_' && b != ':' && b != '[' && b != ']' {
			return false
		}
	}
	return len(host) > 0
}

// notUnderstood also closes the connection: its next bytes may be part of an attempt.
func notUnderstood(c *fiber.Ctx, err error) error {
	c.Context().SetConnectionClose()
	return &fault.Fault{Kind: fault.Invalid, Message: "The request could not be understood.", Err: err}
}
