package main

import (
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"net/url"
	"time"

	"gatehouse/auth-service/internal/mail"
	"gatehouse/internal/cookiename"
	"gatehouse/internal/env"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/origin"
	"gatehouse/internal/peer"
	"gatehouse/internal/redisurl"
	"gatehouse/internal/token"
)

// config is the environment of auth-service. Each secret may also come as NAME_FILE.
type config struct {
	Listen         string        `env:"LISTEN"             envDefault:":8081"`
	InternalListen string        `env:"INTERNAL_LISTEN"    envDefault:":8091"` // where user-service tells of changes
	HealthListen   string        `env:"HEALTH_LISTEN"      envDefault:":9081"`
	PublicURL      *url.URL      `env:"PUBLIC_URL"         envDefault:"http://localhost:8087"` // where people find the gateway
	Origins        []string      `env:"CORS_ALLOW_ORIGINS"`                                    // other sites whose pages may call
	CookieName     string        `env:"JWT_TOKEN_NAME"     envDefault:"jwt"`                   // of the access cookie
	AccessTTL      time.Duration `env:"ACCESS_TOKEN_TTL"   envDefault:"1h"`
	UserServiceURL *url.URL      `env:"USER_SERVICE_URL"   envDefault:"http://user-service:8092"`
	RedisURL       env.Secret    `env:"REDIS_URL,required"`
	SigningKey     env.Secret    `env:"SIGNING_KEY,required"`    // PEM blocks, as token.ParseKeyRing reads them
	SigningKeyFile string        `env:"SIGNING_KEY_FILE"`        // where they are read again when they change
	RefreshKey     env.Secret    `env:"REFRESH_KEY,required"`    // for the HMACs of refresh tokens, device cookies and throttled accounts
	ServiceSecret  env.Secret    `env:"SERVICE_SECRET,required"` // shows who calls, on both internal listeners
	SMTPURL        env.Secret    `env:"SMTP_URL"`                // the mail server; none: no mails
	MailFrom       string        `env:"MAIL_FROM"`               // who sends the mails
	HostsFile      string        `env:"HOSTS_FILE"`              // names of services before the machine's own, as in /etc/hosts
	Drain          time.Duration `env:"DRAIN" envDefault:"2s"`   // how long it serves on after SIGTERM
	LogLevel       slog.Level    `env:"LOG_LEVEL"          envDefault:"info"`

	origins     []*url.URL       // Origins, read by Check
	signingKeys token.KeyRing    // SigningKey, read by Check
	mailServer  *mail.Server     // SMTPURL, read by Check; nil: none
	mailFrom    *netmail.Address // MailFrom, read by Check
}

// minRefreshKey is the shortest key for refresh tokens, in bytes.
const minRefreshKey = 32

// Check finds the mistakes that no type shows.
func (c *config) Check() error {
	var publicErr, originsErr, keyErr, smtpErr, fromErr error
	c.PublicURL, publicErr = origin.Of(c.PublicURL)
	c.origins, originsErr = origin.ParseList(c.Origins)
	if c.SigningKey != "" {
		c.signingKeys, keyErr = token.ParseKeyRing([]byte(c.SigningKey.Reveal()))
	}
	c.mailServer, smtpErr = mail.ParseServer(c.SMTPURL.Reveal())
	c.mailFrom, fromErr = mail.ParseFrom(c.MailFrom, c.PublicURL)
	return errors.Join(
		env.Mistake("DRAIN", httpserver.CheckDrain(c.Drain)),
		env.Mistake("PUBLIC_URL", publicErr),
		env.Mistake("CORS_ALLOW_ORIGINS", originsErr),
		env.Mistake("PUBLIC_URL", c.checkCookies()),
		env.Mistake("JWT_TOKEN_NAME", cookiename.Check(c.CookieName)),
		env.Mistake("ACCESS_TOKEN_TTL", token.CheckTTL(c.AccessTTL)),
		env.Mistake("REDIS_URL", redisurl.Check(c.RedisURL.Reveal())),
		env.Mistake("SIGNING_KEY", keyErr),
		env.Mistake("REFRESH_KEY", c.RefreshKey.AtLeast(minRefreshKey)),
		env.Mistake("SERVICE_SECRET", c.ServiceSecret.AtLeast(peer.MinSecret)),
		env.Mistake("SMTP_URL", smtpErr),
		env.Mistake("MAIL_FROM", fromErr),
	)
}

// checkCookies finds pages of another site beside a public address on plain http: their cookies must be Secure, which
// browsers keep over https or from this very machine alone.
func (c *config) checkCookies() error {
	if c.PublicURL == nil || c.PublicURL.Scheme == "https" || origin.IsLoopback(c.PublicURL) {
		return nil
	}
	for _, o := range c.origins {
		if !origin.SameSite(c.PublicURL, o) {
			return fmt.Errorf("must be https, because CORS_ALLOW_ORIGINS has %s of another site", o)
		}
	}
	return nil
}
