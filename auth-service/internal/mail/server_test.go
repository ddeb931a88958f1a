package mail_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"gatehouse/auth-service/internal/mail"
)

func TestParseServer(t *testing.T) {
	for raw, want := range map[string]mail.Server{
		"smtp://mailpit:1025":                     {Host: "mailpit", Port: 1025},
		"smtp://gate:p%23ss@mail.example.org:587": {Host: "mail.example.org", Port: 587, User: "gate", Password: "p#ss"},
		"smtps://a%40b.c:p:w@[2001:db8::1]:465/":  {TLS: true, Host: "2001:db8::1", Port: 465, User: "a@b.c", Password: "p:w"},
	} {
		if got, err := mail.ParseServer(raw); err != nil || *got != want {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
	if got, err := mail.ParseServer(""); got != nil || err != nil {
		t.Errorf("of none: %v, %v", got, err)
	}
}

func TestMistakesInAServerAreNamedWithoutTheValue(t *testing.T) {
	for raw, want := range map[string][]string{
		"mail.example.org:587":              {"not smtp://"},
		"smtp://u:s3cret@":                  {"not smtp://"},
		"smtp://u:s3#cret@h:25":             {"not smtp://"},
		"smtp://u:s3cret%@h:25":             {"not smtp://"},
		"smtp://h":                          {"there is no port"},
		"smtp://h:0":                        {"there is no port"},
		"smtp://h:65536":                    {"there is no port"},
		"smtp://user@h:25":                  {"a user and a password"},
		"smtp://:s3cret@h:25":               {"a user and a password"},
		"smtp://h:25/path":                  {"something after the port"},
		"smtp://h:25?x=s3cret":              {"something after the port"},
		"http://s3cret@h:0/x?s3cret#s3cret": {"neither smtp nor smtps", "there is no port", "a user and a password", "something after the port"},
		"smtp://u:s3cret@h:25#s3cret":       {"something after the port"},
		"SMTPS://u:s3cret@h:25/\x00s3cret":  {"not smtp://"},
		"lmtp://u:s3cret@h:25":              {"neither smtp nor smtps"},
		"smtp://u:s3cret@h:twentyfive":      {"not smtp://"},
		"smtp://u:s3cret@h:25,smtp://other": {"there is no port", "something after the port"},
	} {
		got, err := mail.ParseServer(raw)
		if err == nil || got != nil || strings.Count(err.Error(), "\n")+1 != len(want) || strings.Contains(err.Error(), "s3") {
			t.Errorf("%s: %v, %v; want %q and no value", raw, got, err, want)
			continue
		}
		for _, mistake := range want {
			if !strings.Contains(err.Error(), mistake) {
				t.Errorf("%s: %v; want %q", raw, err, mistake)
			}
		}
	}
}

func TestAPasswordIsNotPrinted(t *testing.T) {
	server, err := mail.ParseServer("smtp://u:s3cret@h:25")
	if printed := fmt.Sprintf("%v %+v %#v", server, *server, *server); err != nil || strings.Contains(printed, "s3cret") {
		t.Errorf("%v, %v", printed, err)
	}
}

func TestParseFrom(t *testing.T) {
	for _, c := range []struct{ from, site, want string }{
		{"", "https://gate.example:8443", `"Gatehouse" <gatehouse@gate.example>`},
		{"", "http://localhost:8087", `"Gatehouse" <gatehouse@localhost>`},
		{"", "http://192.0.2.7:8087", `"Gatehouse" <gatehouse@[192.0.2.7]>`},
		{"", "http://[2001:db8::1]:8087", `"Gatehouse" <gatehouse@[IPv6:2001:db8::1]>`},
		{"school@example.org", "https://gate.example", `<school@example.org>`},
		{"École <school@example.org>", "https://gate.example", `=?utf-8?q?=C3=89cole?= <school@example.org>`},
	} {
		site, err := url.Parse(c.site)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := mail.ParseFrom(c.from, site); err != nil || got.String() != c.want {
			t.Errorf("%q at %s: %v, %v; want %s", c.from, c.site, got, err, c.want)
		}
	}
	if got, err := mail.ParseFrom("", nil); got != nil || err != nil {
		t.Errorf("of no site: %v, %v", got, err)
	}
	for _, from := range []string{"gatehouse", "a@x, b@x", "a@x\r\nBcc: b@x", "Gatehouse gatehouse@x", "<>", " "} {
		if got, err := mail.ParseFrom(from, site); err == nil {
			t.Errorf("%q: %v", from, got)
		}
	}
}
