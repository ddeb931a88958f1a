package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"gatehouse/internal/cookiename"
	"gatehouse/internal/env"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/origin"
	"gatehouse/internal/redisurl"
)

// config is the environment of the gateway. Each secret may also come as NAME_FILE.
type config struct {
	Listen         string        `env:"LISTEN"             envDefault:":8087"`
	HealthListen   string        `env:"HEALTH_LISTEN"      envDefault:":9087"`
	PublicURL      *url.URL      `env:"PUBLIC_URL"         envDefault:"http://localhost:8087"` // where people find the gateway
	Origins        []string      `env:"CORS_ALLOW_ORIGINS"`                                    // other sites whose pages may call
	CookieName     string        `env:"JWT_TOKEN_NAME"     envDefault:"jwt"`                   // of the access cookie
	AuthServiceURL *url.URL      `env:"AUTH_SERVICE_URL"   envDefault:"http://auth-service:8081"`
	AuthInternal   *url.URL      `env:"AUTH_INTERNAL_URL"  envDefault:"http://auth-service:8091"` // where assertions are made
	RedisURL       env.Secret    `env:"REDIS_URL,required"`
	TrustedProxies []string      `env:"TRUSTED_PROXIES"`       // whose X-Forwarded-For is believed
	RoutesFiles    []string      `env:"ROUTES_FILE"`           // instead of the built-in routes.yaml; several make one table
	HostsFile      string        `env:"HOSTS_FILE"`            // names of services before the machine's own, as in /etc/hosts
	Drain          time.Duration `env:"DRAIN" envDefault:"2s"` // how long it serves on after SIGTERM
	LogLevel       slog.Level    `env:"LOG_LEVEL"          envDefault:"info"`

	ReadTimeout time.Duration `env:"READ_TIMEOUT" envDefault:"15s"` // for a request to arrive in

	origins []*url.URL     // Origins, read by Check
	proxies []netip.Prefix // TrustedProxies, read by Check
}

// Check finds the mistakes that no type shows.
func (c *config) Check() error {
	var publicErr, originsErr, proxiesErr error
	c.PublicURL, publicErr = origin.Of(c.PublicURL)
	c.origins, originsErr = origin.ParseList(c.Origins)
	c.proxies, proxiesErr = parseProxies(c.TrustedProxies)
	_, routesErr := (&routes{files: c.RoutesFiles}).load()
	return errors.Join(
		env.Mistake("DRAIN", httpserver.CheckDrain(c.Drain)),
		env.Mistake("PUBLIC_URL", publicErr),
		env.Mistake("CORS_ALLOW_ORIGINS", originsErr),
		env.Mistake("JWT_TOKEN_NAME", cookiename.Check(c.CookieName)),
		env.Mistake("REDIS_URL", redisurl.Check(c.RedisURL.Reveal())),
		env.Mistake("TRUSTED_PROXIES", proxiesErr),
		env.Mistake("ROUTES_FILE", routesErr),
		env.Mistake("READ_TIMEOUT", checkReadTimeout(c.ReadTimeout)),
	)
}

// checkReadTimeout keeps both ends out: a second is the least that a bad line needs, and whoever sends one byte a minute holds
// a connection for as long as this.
func checkReadTimeout(d time.Duration) error {
	if d < time.Second || d > 2*time.Minute {
		return errors.New("from 1s to 2m")
	}
	return nil
}

// parseProxies reads addresses and networks (CIDR) and reports every mistake.
func parseProxies(list []string) ([]netip.Prefix, error) {
	var (
		prefixes []netip.Prefix
		mistakes []error
	)
	for _, item := range list {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(item))
		if addr, addrErr := netip.ParseAddr(strings.TrimSpace(item)); addrErr == nil {
			prefix, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", item))
			continue
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, errors.Join(mistakes...)
}
