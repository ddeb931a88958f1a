package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/env"
)

func TestConfiguration(t *testing.T) {
	c := load(t, environment(t, "redis://localhost/0", "http://user-service:8092"))
	if c.PublicURL.String() != "http://localhost:8087" || c.CookieName != "jwt" || c.AccessTTL != time.Hour || len(c.origins) != 0 || len(c.signingKeys.Public()) != 1 {
		t.Errorf("the defaults are %+v", c)
	}
	if c.mailServer != nil || c.mailFrom.String() != `"Gatehouse" <gatehouse@localhost>` {
		t.Errorf("mails are sent by %v over %v; want no server", c.mailFrom, c.mailServer)
	}
	good := environment(t, "redis://localhost/0", "http://user-service:8092")
	for name, mistake := range map[string]struct{ pair, want string }{
		"a short refresh key":        {"REFRESH_KEY=" + strings.Repeat("s", 31), "REFRESH_KEY: 31 bytes are too few"},
		"a short service secret":     {"SERVICE_SECRET=ssssssssssssss", "SERVICE_SECRET: 14 bytes are too few"},
		"no time to live":            {"ACCESS_TOKEN_TTL=0s", "ACCESS_TOKEN_TTL: from 1s to 24h"},
		"a short time to live":       {"ACCESS_TOKEN_TTL=999ms", "ACCESS_TOKEN_TTL: from 1s to 24h"},
		"a negative time to live":    {"ACCESS_TOKEN_TTL=-1h", "ACCESS_TOKEN_TTL: from 1s to 24h"},
		"a long time to live":        {"ACCESS_TOKEN_TTL=24h1s", "ACCESS_TOKEN_TTL: from 1s to 24h"},
		"a signing key that is none": {"SIGNING_KEY=ssssssssssssss", "SIGNING_KEY: no PEM block"},
		"a Redis that is none":       {"REDIS_URL=http://:ssssssssssssss@h", "REDIS_URL: the scheme is none of"},
		"an origin that is none":     {"CORS_ALLOW_ORIGINS=*", `CORS_ALLOW_ORIGINS: "*" is not`},
		"a level that is none":       {"LOG_LEVEL=loud", "LOG_LEVEL: "},
		"a page for all pages":       {"PUBLIC_URL=https://gate.example/page", "PUBLIC_URL: "},
		"a mail server that is none": {"SMTP_URL=http://u:ssssssssssssss@h:25", "SMTP_URL: the scheme is neither"},
		"a mail server and no port":  {"SMTP_URL=smtp://u:ssssssssssssss@h", "SMTP_URL: there is no port"},
		"a sender that is none":      {"MAIL_FROM=Gatehouse", "MAIL_FROM: not one address"},
		"a cookie name that is none": {"JWT_TOKEN_NAME=a b", "JWT_TOKEN_NAME: "},
	} {
		err := env.LoadFrom(new(config), append(append([]string(nil), good...), mistake.pair))
		if err == nil || !strings.Contains(err.Error(), mistake.want) || strings.Contains(err.Error(), "ssssssssssssss") {
			t.Errorf("%s: %v; want %q and no secret", name, err, mistake.want)
		}
	}
}

// Over plain http browsers would drop the Secure cookies that a page of another site needs.
func TestPagesOfAnotherSiteWantHTTPS(t *testing.T) {
	for _, c := range []struct {
		public, origin string
		fits           bool
	}{
		{"http://192.0.2.1:8087", "https://you.github.io", false},
		{"http://gate.example", "https://gate.example", false},
		{"http://gate.example", "http://www.gate.example", true},
		{"https://gate.example", "https://you.github.io", true},
		{"http://localhost:8087", "https://you.github.io", true},
		{"http://[::1]:8087", "https://you.github.io", true},
	} {
		pairs := append(environment(t, "redis://localhost/0", "http://user-service:8092"),
			"PUBLIC_URL="+c.public, "CORS_ALLOW_ORIGINS="+c.origin)
		err := env.LoadFrom(new(config), pairs)
		if fits := err == nil; fits != c.fits || err != nil && !strings.Contains(err.Error(), "PUBLIC_URL: must be https") {
			t.Errorf("%s with %s: %v", c.public, c.origin, err)
		}
	}
}

func TestAllMistakesAreReportedWithCode2(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{asMain, "SERVICE_SECRET=short", "ACCESS_TOKEN_TTL=1000h", "PUBLIC_URL=x", "SIGNING_KEY_FILE=/no/such", "SMTP_URL=http://h", "MAIL_FROM=x"}
	var report strings.Builder
	cmd.Stderr = &report
	err := cmd.Run()
	if code := cmd.ProcessState.ExitCode(); err == nil || code != 2 {
		t.Errorf("exit code %d, %v; want 2", code, err)
	}
	for _, want := range []string{
		"auth-service: the configuration has mistakes:\n", "SERVICE_SECRET: 5 bytes", "ACCESS_TOKEN_TTL: from", "PUBLIC_URL: ", "REDIS_URL: must be set", "SIGNING_KEY_FILE: ", "REFRESH_KEY",
		"SMTP_URL: the scheme", "SMTP_URL: there is no port", "MAIL_FROM: not",
	} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("%q is not in the report:\n%s", want, report.String())
		}
	}
}
