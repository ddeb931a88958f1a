package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"gatehouse/internal/servertest"
)

// received is a mail that has arrived.
type received struct {
	from, user string
	to         []string
	encrypted  bool
	header     mail.Header
	text, html string
}

// mailbox is a mail server of the test's own. Its members may be set before it starts.
type mailbox struct {
	t      *testing.T
	port   int
	server *smtp.Server

	tls      *tls.Config                 // for STARTTLS, or
	smtps    bool                        // for TLS from the first byte
	password string                      // asked for, if not empty; the user is "gate"
	rcpt     func(to string) error       // answers RCPT TO, if not nil
	data     func() error                // answers DATA, if not nil
	reset    func(connection *smtp.Conn) // hears RSET, if not nil

	mu       sync.Mutex
	arrived  chan received
	commands strings.Builder
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	b := &mailbox{t: t, port: servertest.FreePort(t), arrived: make(chan received, 100)}
	t.Cleanup(b.stop)
	return b
}

func (b *mailbox) start() *mailbox {
	b.t.Helper()
	b.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{box: b, conn: c}, nil }))
	b.server.Domain, b.server.AllowInsecureAuth, b.server.Debug = "mailbox.test", true, b
	b.server.ErrorLog = log.New(io.Discard, "", 0)
	ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", b.port))
	if err != nil {
		b.t.Fatal(err)
	}
	if b.smtps {
		ln = tls.NewListener(ln, b.tls)
	} else {
		b.server.TLSConfig = b.tls
	}
	go b.server.Serve(ln)
	return b
}

func (b *mailbox) stop() {
	if b.server != nil {
		b.server.Close()
	}
}

// Write keeps what goes over the wire.
func (b *mailbox) Write(wire []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.commands.Write(wire)
}

func (b *mailbox) heard() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.commands.String()
}

// next waits for a mail.
func (b *mailbox) next() received {
	b.t.Helper()
	select {
	case m := <-b.arrived:
		return m
	case <-time.After(20 * time.Second):
		b.t.Fatal("no mail came")
		return received{}
	}
}

func (b *mailbox) empty() {
	b.t.Helper()
	select {
	case m := <-b.arrived:
		b.t.Fatalf("a mail came: %v\n%s", m.header, m.text)
	default:
	}
}

type session struct {
	box  *mailbox
	conn *smtp.Conn
	got  received
}

func (s *session) AuthMechanisms() []string {
	if s.box.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "gate" || password != s.box.password {
			return errors.New("wrong")
		}
		s.got.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.got.from = from; return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.got.to = append(s.got.to, to)
	if s.box.rcpt != nil {
		return s.box.rcpt(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	if s.box.data != nil {
		if err := s.box.data(); err != nil {
			return err
		}
	}
	_, s.got.encrypted = s.conn.TLSConnectionState()
	s.got.header = m.Header
	s.got.text, s.got.html, err = parts(m)
	s.box.arrived <- s.got
	return err
}

func (s *session) Reset() {
	s.got.to = nil
	if s.box.reset != nil {
		s.box.reset(s.conn)
	}
}

func (s *session) Logout() error { return nil }

// parts reads the text and the HTML of a mail.
func parts(m *mail.Message) (string, string, error) {
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", "", err
	}
	var found []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err != nil {
			break
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return "", "", err
		}
		found = append(found, part.Header.Get("Content-Type"), strings.ReplaceAll(string(text), "\r\n", "\n"))
	}
	if len(found) != 4 || !slices.Equal([]string{found[0], found[2]}, []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"}) {
		return "", "", fmt.Errorf("the parts are %q", found)
	}
	return found[1], found[3], nil
}

// certificate is one for the names, and the pool of who trusts it.
func certificate(t *testing.T, names ...string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: names, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}
