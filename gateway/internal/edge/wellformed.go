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
			if !yield(name, bytes.TrimSpace(value)) {
				return
			}
		}
	}
}

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
	errNoHost   = errors.New("no Host")
)

// wellFormed refuses what could be read in two ways.
func (e *Edge) wellFormed(v *visit) error {
	header := &v.Request().Header
	err := checkHeader(header.RawHeaders())
	if err == nil && len(header.Host()) == 0 {
		err = errNoHost
	}
	if err != nil {
		return notUnderstood(v.Ctx, err)
	}
	return nil
}

func checkHeader(raw []byte) error {
	var seen [len(single)]bool
	for name := range headerLines(raw) {
		if name == nil {
			return errFolded
		}
		for i, s := range single {
			if !bytes.EqualFold(name, s) {
				continue
			}
			if seen[i] {
				return errRepeated
			}
			seen[i] = true
		}
	}
	if seen[0] && seen[1] {
		return errFraming
	}
	return nil
}

// notUnderstood also closes the connection: its next bytes may be part of an attempt.
func notUnderstood(c *fiber.Ctx, err error) error {
	c.Context().SetConnectionClose()
	return &fault.Fault{Kind: fault.Invalid, Message: "The request could not be understood.", Err: err}
}
