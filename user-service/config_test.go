package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/env"
)

func TestConfiguration(t *testing.T) {
	var c config
	err := env.LoadFrom(&c, []string{"DATABASE_URL=postgres://u:geheim@h/%zz", "SERVICE_SECRET=short", "REGISTRATION=perhaps", "AUTH_SERVICE_URL=x", "LOG_LEVEL=loud",
		"AUTH_INTERNAL_URL=x", "MAIL=perhaps", "AUDIT_RETENTION=23h"})
	for _, want := range []string{"DATABASE_URL: ", "SERVICE_SECRET: ", "REGISTRATION: ", "AUTH_SERVICE_URL: ", "LOG_LEVEL: ",
		"AUTH_INTERNAL_URL: ", "MAIL: ", "AUDIT_RETENTION: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in %v", want, err)
		}
	}
	good := configured(t, "postgres://u:p@db/gatehouse")
	if good.Mail != mailOff || good.AuditRetention != 90*24*time.Hour {
		t.Errorf("%+v", good)
	}
	if good.AdminUID != "admin" || good.Registration != registrationOpen || good.GitHubURL.Host != "api.github.com" {
		t.Errorf("%+v", good)
	}
	if _, err := url.Parse(good.DatabaseURL.Reveal()); err != nil || good.DatabaseURL.String() == good.DatabaseURL.Reveal() {
		t.Error("the secret is shown")
	}
}
