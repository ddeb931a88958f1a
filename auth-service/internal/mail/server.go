package mail

import (
	"errors"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"gatehouse/internal/env"
)

// Server is a mail server to hand mails to, as SMTP_URL names it.
type Server struct {
	TLS      bool // from the first byte (smtps); else STARTTLS when the server offers it
	Host     string
	Port     int
	User     string
	Password env.Secret
}

var errServer = errors.New("not smtp://[user:password@]host:port or smtps://... (reserved characters in a password as %xx)")

// ParseServer reads an SMTP_URL and reports every mistake, without the value: it may hold a password. There is no server
// where there is no URL.
func ParseServer(raw string) (*Server, error) {
	if raw == "" {
		return nil, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return nil, errServer
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	password, _ := u.User.Password()
	mistakes := []error{
		unless(u.Scheme == "smtp" || u.Scheme == "smtps", "the scheme is neither smtp nor smtps"),
		unless(err == nil && port > 0, "there is no port from 1 to 65535"),
		unless((u.User.Username() == "") == (password == ""), "a user and a password belong together"),
		unless(strings.Trim(u.Path, "/")+u.RawQuery+u.Fragment == "", "there is something after the port"),
	}
	if err := errors.Join(mistakes...); err != nil {
		return nil, err
	}
	return &Server{
		TLS: u.Scheme == "smtps", Host: u.Hostname(), Port: int(port), User: u.User.Username(), Password: env.Secret(password),
	}, nil
}

func unless(good bool, mistake string) error {
	if good {
		return nil
	}
	return errors.New(mistake)
}

// inside reports whether the server's name or address can only be one of this machine or this network, where nobody
// listens in between and no authority makes certificates.
func (s *Server) inside() bool {
	if addr, err := netip.ParseAddr(s.Host); err == nil {
		return addr.IsLoopback() || addr.IsPrivate()
	}
	name := "." + strings.ToLower(strings.TrimSuffix(s.Host, "."))
	for _, suffix := range []string{".localhost", ".internal", ".local", ".home.arpa"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return strings.Count(name, ".") == 1 // such as mailpit, the name of a container
}

func (s *Server) address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// ParseFrom reads a MAIL_FROM, the sender of all mails; without one it is made of the site's host. There is none of no
// site: that address could not be read, and was reported.
func ParseFrom(from string, site *url.URL) (*mail.Address, error) {
	switch {
	case from == "" && site == nil:
		return nil, nil
	case from == "":
		return &mail.Address{Name: "Gatehouse", Address: "gatehouse@" + mailHost(site.Hostname())}, nil
	}
	address, err := mail.ParseAddress(from)
	if err != nil {
		return nil, errors.New("not one address, such as Gatehouse <gatehouse@example.org>")
	}
	return address, nil
}

// mailHost is a host as it stands in an address: an IP address is a literal there (RFC 5321 §4.1.3).
func mailHost(host string) string {
	switch addr, err := netip.ParseAddr(host); {
	case err != nil:
		return host
	case addr.Is4():
		return "[" + host + "]"
	default:
		return "[IPv6:" + host + "]"
	}
}
