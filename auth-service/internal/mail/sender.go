package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// patience is how long the mail server may take for one step: to be reached, or to answer a command.
const patience = 10 * time.Second

// Sender hands mails to a mail server.
type Sender struct {
	Server *Server
	From   *mail.Address
	Site   *url.URL // the gateway's address, without a path
	Now    func() time.Time
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Roots  *x509.CertPool // nil: those of the system
}

// errUnsendable marks what no later try can send.
var errUnsendable = errors.New("it can never be sent")

// Send writes a mail and hands it to the server. Nil means that the server has taken it. The error tells nothing of the
// recipient or the link.
func (s *Sender) Send(ctx context.Context, m Message, l Link) error {
	msg, err := s.compose(m, l)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnsendable, err)
	}
	connected, hangUp := context.WithCancel(ctx)
	defer hangUp()
	client, err := s.client(connected)
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, msg)
	switch {
	case msg.IsDelivered(): // and whatever went wrong at the farewell
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return discreet(err)
}

func (s *Sender) compose(m Message, l Link) (*gomail.Msg, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Address != m.To {
		return nil, errors.New("the recipient is not a bare address")
	}
	letter, err := write(m, l, s.Site, s.Now())
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.From)
	msg.ToMailAddress(to)
	msg.Subject(letter.Subject)
	msg.SetDateWithValue(s.Now())
	msg.SetMessageIDWithValue(m.ID + "@" + s.domain())
	msg.SetGenHeader("Auto-Submitted", "auto-generated")        // RFC 3834: no out-of-office notes, please
	msg.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All") // the same for Exchange
	msg.SetBodyString(gomail.TypeTextPlain, letter.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, letter.HTML)
	return msg, nil
}

// domain is what the server knows us by.
func (s *Sender) domain() string {
	return s.From.Address[strings.LastIndexByte(s.From.Address, '@')+1:]
}

// client makes a client for one mail. Its connection is closed when the context ends, at the latest.
func (s *Sender) client(ctx context.Context) (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(s.Server.Port), gomail.WithTimeout(patience), gomail.WithHELO(s.domain()),
		gomail.WithDialContextFunc(s.dialer(ctx)), gomail.WithTLSConfig(s.tls()), s.policy(),
	}
	if s.Server.Password != "" {
		options = append(options, gomail.WithUsername(s.Server.User), gomail.WithPassword(s.Server.Password.Reveal()), s.auth())
	}
	return gomail.NewClient(s.Server.Host, options...)
}

// policy asks for STARTTLS: a password goes to a server outside in no other way.
func (s *Sender) policy() gomail.Option {
	switch {
	case s.Server.TLS:
		return gomail.WithSSL()
	case s.Server.Password != "" && !s.Server.inside():
		return gomail.WithTLSPolicy(gomail.TLSMandatory)
	default:
		return gomail.WithTLSPolicy(gomail.TLSOpportunistic)
	}
}

// auth lets the server choose from these, the best first.
func (s *Sender) auth() gomail.Option {
	if s.Server.inside() {
		return gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc)
	}
	return gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
}

// tls takes any certificate for STARTTLS with a server inside: nobody could have made it a better one, and the other
// choice would be no encryption at all.
func (s *Sender) tls() *tls.Config {
	return &tls.Config{
		ServerName: s.Server.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: !s.Server.TLS && s.Server.inside(),
	}
}

// dialer opens connections that end with the context: the client itself gives them to nobody when it fails half-way.
func (s *Sender) dialer(life context.Context) gomail.DialContextFunc {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		conn, err := s.Dial(ctx, network, s.Server.address())
		if err != nil {
			return nil, err
		}
		context.AfterFunc(life, func() { conn.Close() })
		if !s.Server.TLS {
			return conn, nil
		}
		secure := tls.Client(conn, s.tls())
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		return secure, nil
	}
}

// discreet leaves out what the server says once it knows the recipient: it often repeats the address.
func discreet(err error) error {
	var refused *gomail.SendError
	if !errors.As(err, &refused) {
		return err
	}
	return fmt.Errorf("%s: status %d %s", refused.Reason, refused.ErrorCode(), refused.EnhancedStatusCode())
}
