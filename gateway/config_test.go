package main

import (
	"strings"
	"testing"
	"time"

	"gatehouse/internal/env"
)

func TestDefaults(t *testing.T) {
	var c config
	if err := env.LoadFrom(&c, []string{"REDIS_URL=redis://redis:6379/0"}); err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":8087" || c.HealthListen != ":9087" || c.PublicURL.String() != "http://localhost:8087" ||
		c.CookieName != "jwt" || c.AuthServiceURL.String() != "http://auth-service:8081" ||
		len(c.origins) != 0 || len(c.proxies) != 0 || len(c.RoutesFiles) != 0 || c.ReadTimeout != 15*time.Second {
		t.Errorf("%+v", c)
	}
}

func TestValuesAreReadAsBrowsersWriteThem(t *testing.T) {
	var c config
	err := env.LoadFrom(&c, []string{
		"REDIS_URL=redis://redis:6379/0", "PUBLIC_URL=https://Gate.Example:443/",
		"CORS_ALLOW_ORIGINS=http://localhost:4100, https://Class.github.io:443", "TRUSTED_PROXIES=10.0.0.0/8, 192.168.0.1,fd00::/8",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.PublicURL.String() != "https://gate.example" {
		t.Errorf("PUBLIC_URL: %s", c.PublicURL)
	}
	if len(c.origins) != 2 || c.origins[0].String() != "http://localhost:4100" || c.origins[1].String() != "https://class.github.io" {
		t.Errorf("CORS_ALLOW_ORIGINS: %v", c.origins)
	}
	if len(c.proxies) != 3 || c.proxies[1].String() != "192.168.0.1/32" {
		t.Errorf("TRUSTED_PROXIES: %v", c.proxies)
	}
}

func TestAllMistakesAreReportedTogether(t *testing.T) {
	var c config
	err := env.LoadFrom(&c, []string{
		"PUBLIC_URL=https://gate.example/path", "CORS_ALLOW_ORIGINS=*,http://ok.example,http://*.example,http://a/,ftp://b,null",
		"TRUSTED_PROXIES=10.0.0.0/33,proxy", "JWT_TOKEN_NAME=a b", "AUTH_SERVICE_URL=http://:8081",
		"REDIS_URL=mysql://user:s3cret@db", "ROUTES_FILE=/none/routes.yaml", "LOG_LEVEL=loud", "READ_TIMEOUT=999ms",
	})
	if err == nil {
		t.Fatal("no mistake was found")
	}
	for _, want := range []string{
		"PUBLIC_URL:", `CORS_ALLOW_ORIGINS: "*"`, `CORS_ALLOW_ORIGINS: "http://*.example"`, `CORS_ALLOW_ORIGINS: "http://a/"`,
		`CORS_ALLOW_ORIGINS: "ftp://b"`, `CORS_ALLOW_ORIGINS: "null"`, `TRUSTED_PROXIES: "10.0.0.0/33"`, `TRUSTED_PROXIES: "proxy"`,
		"JWT_TOKEN_NAME:", "AUTH_SERVICE_URL:", "REDIS_URL:", "ROUTES_FILE:", "LOG_LEVEL:",
		"READ_TIMEOUT: from 1s to 2m",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "ok.example") {
		t.Errorf("%v", err)
	}
}

func TestRedisIsRequired(t *testing.T) {
	err := env.LoadFrom(new(config), nil)
	if err == nil || !strings.Contains(err.Error(), "REDIS_URL") {
		t.Errorf("%v", err)
	}
}
