package api_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// assertion asks the internal listener as the gateway does.
func (d *door) assertion(order, access string) answer {
	d.t.Helper()
	return d.askAt(d.internal, "POST", "/assertion", order, access)
}

const forReports = `{"audience":"http://reports:8080"}`

func TestAnAssertionIsMadeOfAnAccessToken(t *testing.T) {
	d := open(t, public)
	access, _ := d.signIn()
	got := d.assertion(forReports, access)
	var made struct{ Assertion string }
	if err := json.Unmarshal([]byte(got.body), &made); err != nil || got.status != 200 || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	parts := strings.Split(made.Assertion, ".")
	header, _ := base64.RawURLEncoding.DecodeString(parts[0])
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Aud                      []string
		Sub, UID, Role, Sid, Jti string
		Iat, Exp                 float64
	}
	if err := json.Unmarshal(payload, &claims); err != nil || !strings.Contains(string(header), `"typ":"assertion+jwt"`) {
		t.Fatalf("%v: %s %s", err, header, payload)
	}
	if len(claims.Aud) != 1 || claims.Aud[0] != "http://reports:8080" || claims.Sub != "7" || claims.UID != "Alice" || claims.Role != "User" ||
		claims.Sid == "" || claims.Jti == "" || claims.Exp-claims.Iat != 30 {
		t.Errorf("%s", payload)
	}
	if strings.Contains(d.log.String(), made.Assertion) || !strings.Contains(d.log.String(), `"path":"/assertion"`) {
		t.Error("the log has the assertion, or no line")
	}
	for name, with := range map[string]string{"an assertion as an access token": "Authorization: Bearer " + made.Assertion, "the service secret": "Authorization: Bearer " + serviceSecret} {
		if got := d.assertion(forReports, with); got.status != 401 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

func TestNoAssertion(t *testing.T) {
	d := open(t, public)
	access, _ := d.signIn()
	for name, c := range map[string]struct {
		order, access string
		status        int
	}{
		"without a token":             {forReports, "X: y", 401},
		"of a token that was changed": {forReports, access[:len(access)-8], 401},
		"for nobody":                  {`{}`, access, 400},
		"without an order":            {``, access, 400},
		"for all of Gatehouse":        {`{"audience":"gatehouse"}`, access, 400},
		"for two":                     {`{"audience":["a","b"]}`, access, 400},
	} {
		if got := d.assertion(c.order, c.access); got.status != c.status || got.message() == "" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if got := d.ask("POST", "/assertion", forReports, access); got.status != 404 {
		t.Errorf("at the public listener: %d %s", got.status, got.body)
	}
	if got := d.ask("DELETE", login, "", access); got.status != 200 {
		t.Fatal(got.body)
	}
	if got := d.assertion(forReports, access); got.status != 401 {
		t.Errorf("of a session that has ended: %d %s", got.status, got.body)
	}
	d.redis.Stop()
	if got := d.assertion(forReports, access); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("while nobody knows whether it was revoked: %d %s", got.status, got.body)
	}
}

// An access token that is over makes no assertion, though its signature is good.
func TestNoAssertionOfAnOldToken(t *testing.T) {
	d := open(t, public)
	d.ago(2 * time.Hour)
	access, _ := d.signIn()
	d.ago(0)
	if got := d.assertion(forReports, access); got.status != 401 {
		t.Errorf("%d %s", got.status, got.body)
	}
}
