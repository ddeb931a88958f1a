package main

import (
	"net/url"
	"strings"
	"testing"

	"gatehouse/internal/env"
)

func TestConfiguration(t *testing.T) {
	var c config
	err := env.LoadFrom(&c, []string{"DATABASE_URL=postgres://u:geheim@h/%zz", "SERVICE_SECRET=short", "REGISTRATION=perhaps", "AUTH_SERVICE_URL=x", "LOG_LEVEL=loud"})
	for _, want := range []string{"DATABASE_URL: ", "SERVICE_SECRET: ", "REGISTRATION: ", "AUTH_SERVICE_URL: ", "LOG_LEVEL: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in %v", want, err)
		}
	}
	good := configured(t, "postgres://u:p@db/gatehouse")
	if good.AdminUID != "admin" || good.Registration != registrationOpen || good.GitHubURL.Host != "api.github.com" {
		t.Errorf("%+v", good)
	}
	if _, err := url.Parse(good.DatabaseURL.Reveal()); err != nil || good.DatabaseURL.String() == good.DatabaseURL.Reveal() {
		t.Error("the secret is shown")
	}
}
