//go:build e2e

package e2e

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// Mailbox is where all mail of the stack arrives.
type Mailbox interface {
	// last is the text part of the newest mail to an address; empty while there is none.
	last(t testing.TB, to string) string
}

// sinkAddr is where the machine's own stack finds its mailbox.
const sinkAddr = "127.0.0.1:11025"

// sink is a mail server inside the test, for the machine's own stack.
type sink struct {
	mu    sync.Mutex
	texts map[string]string // the newest, by address
}

// listenForMail takes mail until the process ends.
func listenForMail() (*sink, error) {
	ln, err := net.Listen("tcp", sinkAddr)
	if err != nil {
		return nil, err
	}
	s := &sink{texts: map[string]string{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &delivery{sink: s}, nil
	}))
	server.Domain = "localhost"
	go server.Serve(ln)
	return s, nil
}

func (s *sink) last(_ testing.TB, to string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.texts[to]
}

// delivery is one mail on its way into the sink.
type delivery struct {
	sink *sink
	to   []string
}

func (d *delivery) Reset()                               { d.to = nil }
func (d *delivery) Logout() error                        { return nil }
func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }

func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = append(d.to, to)
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	text, err := textOf(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
	if err != nil {
		return err
	}
	d.sink.mu.Lock()
	defer d.sink.mu.Unlock()
	for _, to := range d.to {
		d.sink.texts[to] = text
	}
	return nil
}

// textOf is the first text/plain in a mail or a part of one; empty when there is none.
func textOf(contentType, encoding string, body io.Reader) (string, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return "", nil
			}
			if err != nil {
				return "", err
			}
			text, err := textOf(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part)
			if err != nil || text != "" {
				return text, err
			}
		}
	}
	if kind != "text/plain" {
		return "", nil
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	return string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))), err
}
