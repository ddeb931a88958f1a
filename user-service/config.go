package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"gatehouse/internal/env"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/peer"
	"gatehouse/user-service/internal/postgres"
)

// config is the environment of user-service. Each secret may also come as NAME_FILE.
type config struct {
	Listen          string        `env:"LISTEN"           envDefault:":8082"`
	InternalListen  string        `env:"INTERNAL_LISTEN"  envDefault:":8092"`
	HealthListen    string        `env:"HEALTH_LISTEN"    envDefault:":9082"`
	DatabaseURL     env.Secret    `env:"DATABASE_URL,required"`
	ServiceSecret   env.Secret    `env:"SERVICE_SECRET,required"` // what auth-service shows on the internal listener
	AuthServiceURL  *url.URL      `env:"AUTH_SERVICE_URL" envDefault:"http://auth-service:8081"`
	AuthInternalURL *url.URL      `env:"AUTH_INTERNAL_URL" envDefault:"http://auth-service:8091"` // where changes are told
	AdminUID        string        `env:"ADMIN_UID"        envDefault:"admin"`
	AdminPassword   env.Secret    `env:"ADMIN_PASSWORD"` // needed only while there is no Admin
	Registration    string        `env:"REGISTRATION"     envDefault:"open"`
	Mail            string        `env:"MAIL" envDefault:"off"` // on: auth-service can send mail, so that addresses can be confirmed
	PublicURL       *url.URL      `env:"PUBLIC_URL" envDefault:"http://localhost:8087"`
	AuditRetention  time.Duration `env:"AUDIT_RETENTION" envDefault:"2160h"`
	GitHubToken     env.Secret    `env:"GITHUB_TOKEN"` // when set, a uid must be a GitHub account
	GitHubURL       *url.URL      `env:"GITHUB_API_URL"   envDefault:"https://api.github.com"`
	HostsFile       string        `env:"HOSTS_FILE"`            // names of services before the machine's own, as in /etc/hosts
	Drain           time.Duration `env:"DRAIN" envDefault:"2s"` // how long it serves on after SIGTERM
	LogLevel        slog.Level    `env:"LOG_LEVEL"        envDefault:"info"`
}

// The values of REGISTRATION and of MAIL.
const (
	registrationOpen   = "open"
	registrationClosed = "closed"
	mailOn             = "on"
	mailOff            = "off"
)

// minRetention is the shortest time that the audit is kept: what happened yesterday must be there to look at.
const minRetention = 24 * time.Hour

// Check finds the mistakes that no type shows.
func (c *config) Check() error {
	var registrationErr, mailErr, retentionErr error
	if c.Registration != registrationOpen && c.Registration != registrationClosed {
		registrationErr = errors.New("must be open or closed")
	}
	if c.Mail != mailOn && c.Mail != mailOff {
		mailErr = errors.New("must be on or off")
	}
	if c.AuditRetention < minRetention {
		retentionErr = fmt.Errorf("must be %s at least", minRetention)
	}
	return errors.Join(
		env.Mistake("DRAIN", httpserver.CheckDrain(c.Drain)),
		env.Mistake("DATABASE_URL", postgres.Check(c.DatabaseURL.Reveal())),
		env.Mistake("SERVICE_SECRET", c.ServiceSecret.AtLeast(peer.MinSecret)),
		env.Mistake("REGISTRATION", registrationErr),
		env.Mistake("MAIL", mailErr),
		env.Mistake("AUDIT_RETENTION", retentionErr),
	)
}
