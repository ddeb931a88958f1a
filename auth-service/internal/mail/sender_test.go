package mail_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	netmail "net/mail"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"gatehouse/auth-service/internal/mail"
)

var (
	site = &url.URL{Scheme: "https", Host: "gate.example"}
	noon = time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	ada  = mail.Message{
		ID: "M1", Kind: mail.NewDevice, To: "ada@example.org",
		Fields: mail.Fields{Name: "Ada", UID: "ada", Device: "Firefox on Linux", Address: "192.0.2.7", At: noon},
	}
)

// sender sends to the mailbox, which it knows by the URL; every name leads there.
func (b *mailbox) sender(format string) *mail.Sender {
	b.t.Helper()
	server, err := mail.ParseServer(fmt.Sprintf(format, b.port))
	if err != nil {
		b.t.Fatal(err)
	}
	from, err := mail.ParseFrom("", site)
	if err != nil {
		b.t.Fatal(err)
	}
	return &mail.Sender{
		Server: server, From: from, Site: site, Now: func() time.Time { return noon },
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
		},
	}
}

const plain = "smtp://localhost:%d"

func send(t *testing.T, s *mail.Sender, m mail.Message) {
	t.Helper()
	if err := s.Send(t.Context(), m, mail.Link{}); err != nil {
		t.Fatal(err)
	}
}

var headers = []string{
	"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To", "X-Auto-Response-Suppress",
}

func TestWhatArrives(t *testing.T) {
	box := newMailbox(t).start()
	send(t, box.sender(plain), ada)
	got := box.next()
	for name, want := range map[string]string{
		"From":                     `"Gatehouse" <gatehouse@gate.example>`,
		"To":                       "<ada@example.org>",
		"Subject":                  "New sign-in to your account",
		"Date":                     "Thu, 04 Mar 2027 12:00:00 +0000",
		"Message-Id":               "<M1@gate.example>",
		"Auto-Submitted":           "auto-generated",
		"X-Auto-Response-Suppress": "All",
	} {
		if value := got.header.Get(name); value != want {
			t.Errorf("%s: %q; want %q", name, value, want)
		}
	}
	if got.from != "gatehouse@gate.example" || !slices.Equal(got.to, []string{"ada@example.org"}) || got.encrypted {
		t.Errorf("it came from %s to %v; encrypted: %v", got.from, got.to, got.encrypted)
	}
	for _, form := range []string{got.text, got.html} {
		if !strings.Contains(form, "Firefox on Linux") || !strings.Contains(form, "https://gate.example/sessions") {
			t.Errorf("it says\n%s", form)
		}
	}
	if names := slices.Sorted(maps.Keys(got.header)); !slices.Equal(names, headers) {
		t.Errorf("the headers are %v; want %v", names, headers)
	}
	if !strings.Contains(box.heard(), "EHLO gate.example\r\n") {
		t.Error("it did not say who it is")
	}
}

var hostile = []string{
	"a\r\nBcc: eve@evil.example", "a\nBcc: eve@evil.example\n\nbody", "a\rBcc: eve@evil.example", "a\u2028Bcc: x\u0085Bcc: y\x00\xff",
	"\u202eBcc:\u200b", "=?utf-8?q?Bcc:?=\r\n", `">, <eve@evil.example>`, strings.Repeat("é\r\n ", 300),
}

// Nothing that a person typed makes a header, a recipient or another subject.
func TestHeadersCannotBeInjected(t *testing.T) {
	box := newMailbox(t).start()
	for _, evil := range hostile {
		m := ada
		m.Fields.Name, m.Fields.UID, m.Fields.Device, m.Fields.Address, m.ID = evil, evil, evil, evil, evil
		s := box.sender(plain)
		s.From = &netmail.Address{Name: evil, Address: s.From.Address}
		send(t, s, m)
		got := box.next()
		if names := slices.Sorted(maps.Keys(got.header)); !slices.Equal(names, headers) {
			t.Errorf("%q: the headers are %v", evil, names)
		}
		for name, values := range got.header {
			if len(values) != 1 {
				t.Errorf("%q: %s comes %d times", evil, name, len(values))
			}
		}
		if !slices.Equal(got.to, []string{ada.To}) || got.header.Get("Subject") != "New sign-in to your account" {
			t.Errorf("%q: to %v, subject %q", evil, got.to, got.header.Get("Subject"))
		}
		from, err := got.header.AddressList("From")
		if err != nil || len(from) != 1 || from[0].Address != s.From.Address {
			t.Errorf("%q: from %v, %v", evil, from, err)
		}
	}
}

func TestARecipientIsOneBareAddress(t *testing.T) {
	box := newMailbox(t).start()
	for _, to := range append(slices.Clone(hostile),
		"", "ada", "ada@", "Ada <ada@example.org>", "<ada@example.org>", "ada@example.org, eve@evil.example", "ada@example.org\r\n",
		"ada@example.org\r\nBcc: eve@evil.example", "ada@example.org>\r\nRCPT TO:<eve@evil.example", `"a\r\nb"@example.org`, "a b@example.org",
	) {
		m := ada
		m.To = to
		if err := box.sender(plain).Send(t.Context(), m, mail.Link{}); err == nil {
			t.Errorf("%q: it was sent", to)
		}
	}
	box.empty()
}

func TestEncryption(t *testing.T) {
	config, roots := certificate(t, "mail.example", "localhost")
	for name, c := range map[string]struct {
		url      string
		offered  bool
		smtps    bool
		trusted  bool
		password string // what the server asks for
		want     string // the error; empty: it arrives
		clear    bool
	}{
		"STARTTLS is used when offered":                        {url: "smtp://mail.example:%d", offered: true, trusted: true},
		"none is needed without a password":                    {url: "smtp://mail.example:%d", clear: true},
		"a certificate of nobody's is refused":                 {url: "smtp://mail.example:%d", offered: true, want: "x509"},
		"a certificate of another's is refused":                {url: "smtp://other.example:%d", offered: true, trusted: true, want: "x509"},
		"a password goes through STARTTLS":                     {url: "smtp://gate:s3cret@mail.example:%d", offered: true, trusted: true, password: "s3cret"},
		"and no other way to a server outside":                 {url: "smtp://gate:s3cret@mail.example:%d", password: "s3cret", want: "STARTTLS"},
		"nor to an address outside":                            {url: "smtp://gate:s3cret@192.0.2.1:%d", password: "s3cret", want: "STARTTLS"},
		"to a container it may":                                {url: "smtp://gate:s3cret@mailpit:%d", password: "s3cret", clear: true},
		"to a private address it may":                          {url: "smtp://gate:s3cret@10.0.0.7:%d", password: "s3cret", clear: true},
		"to this machine it may":                               {url: "smtp://gate:s3cret@127.0.0.1:%d", password: "s3cret", clear: true},
		"inside, any certificate is better than none":          {url: "smtp://gate:s3cret@mailpit:%d", offered: true, password: "s3cret"},
		"smtps is TLS from the first byte":                     {url: "smtps://gate:s3cret@mail.example:%d", smtps: true, trusted: true, password: "s3cret"},
		"its certificate counts inside as well":                {url: "smtps://gate:s3cret@localhost:%d", smtps: true, password: "s3cret", want: "x509"},
		"a certificate for a name inside is as good":           {url: "smtps://localhost:%d", smtps: true, trusted: true},
		"a wrong password is an error":                         {url: "smtps://gate:wr0ng@mail.example:%d", smtps: true, trusted: true, password: "s3cret", want: "AUTH"},
		"a password for a server that takes none is a mistake": {url: "smtps://gate:s3cret@mail.example:%d", smtps: true, trusted: true, want: "AUTH"},
	} {
		t.Run(name, func(t *testing.T) {
			box := newMailbox(t)
			box.password, box.smtps = c.password, c.smtps
			if c.offered || c.smtps {
				box.tls = config
			}
			box.start()
			s := box.sender(c.url)
			if c.trusted {
				s.Roots = roots
			}
			err := s.Send(t.Context(), ada, mail.Link{})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "wr0ng") {
					t.Errorf("%v; want %q", err, c.want)
				}
				if strings.Contains(box.heard(), "\nAUTH ") && c.want != "AUTH" {
					t.Error("the password was sent")
				}
				box.empty()
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := box.next(); got.encrypted == c.clear || (got.user == "gate") != (c.password != "") {
				t.Errorf("encrypted: %v, user %q", got.encrypted, got.user)
			}
		})
	}
}

// A server often repeats the address of whom it refuses; it is in no error, for errors are logged.
func TestErrorsTellNoAddress(t *testing.T) {
	box := newMailbox(t)
	refusal := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "<ada@example.org> is nobody"}
	}
	box.rcpt = func(string) error { return refusal(550) }
	box.start()
	err := box.sender(plain).Send(t.Context(), ada, mail.Link{})
	if err == nil || err.Error() != "sending SMTP RCPT TO command: status 550 5.1.1" {
		t.Errorf("%v", err)
	}
	box.stop()
	box.rcpt, box.data = nil, func() error { return refusal(451) }
	box.start()
	err = box.sender(plain).Send(t.Context(), ada, mail.Link{})
	if err == nil || err.Error() != "closing SMTP DATA writer: status 451 4.1.1" {
		t.Errorf("%v", err)
	}
}

// Once the server has taken a mail it is sent, whatever comes after: otherwise it would be sent again.
func TestAServerThatBreaksOffAfterwardsHasTakenIt(t *testing.T) {
	box := newMailbox(t)
	box.reset = func(c *smtp.Conn) { c.Conn().Close() }
	box.start()
	send(t, box.sender(plain), ada)
	box.next()
}

func TestAServerThatIsSilentIsLeftWithTheContext(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		if conn, err := ln.Accept(); err == nil {
			accepted <- conn
		}
	}()
	box := newMailbox(t)
	box.port = ln.Addr().(*net.TCPAddr).Port
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- box.sender(plain).Send(ctx, ada, mail.Link{}) }()
	conn := <-accepted
	defer conn.Close()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection is still open: %v", err)
	}
}

// A client that fails half-way leaves no connection behind.
func TestAConnectionThatIsNoUseIsClosed(t *testing.T) {
	box := newMailbox(t).start()
	s := box.sender("smtp://gate:s3cret@mail.example:%d")
	dial, opened := s.Dial, make(chan net.Conn, 1)
	s.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		closed := &watched{Conn: conn, closed: make(chan struct{})}
		opened <- closed
		return closed, err
	}
	if err := s.Send(t.Context(), ada, mail.Link{}); err == nil {
		t.Fatal("it was sent")
	}
	select {
	case <-(<-opened).(*watched).closed:
	case <-time.After(10 * time.Second):
		t.Error("the connection is still open")
	}
}

type watched struct {
	net.Conn
	closed chan struct{}
}

func (w *watched) Close() error { close(w.closed); return w.Conn.Close() }
