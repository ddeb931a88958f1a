package main

import (
	"crypto/ed25519"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/internal/redistest"
	"gatehouse/internal/token"
)

func TestEveryConfigurationIsFilledIn(t *testing.T) {
	s := setting{
		Listen: "127.0.0.1:1", Port: "1", Upstream: "127.0.0.1:2", Checker: "127.0.0.1:3", Dir: "/run/bench",
		Alg: "HS256", Key: "secret", Revoked: "revoked.map",
	}
	for _, each := range peerTemplates.Templates() {
		var text strings.Builder
		if err := each.Execute(&text, s); err != nil {
			t.Errorf("%s: %v", each.Name(), err)
		}
		if strings.Contains(text.String(), "no value") {
			t.Errorf("%s:\n%s", each.Name(), text.String())
		}
	}
}

func TestTheCheckerLetsOneOfThreePass(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	three, err := peerKey{method: jwt.SigningMethodHS256, signs: secret}.tokens()
	if err != nil {
		t.Fatal(err)
	}
	store := redistest.Start(t).Client()
	if err := store.Set(t.Context(), revokedPrefix+revokedSession, 1, 0).Err(); err != nil {
		t.Fatal(err)
	}
	checker := newChecker(secret, store)
	for raw, want := range map[string]int{three.good: 204, "": 401, three.expired: 401, three.revoked: 401, three.good + "A": 401} {
		req := httptest.NewRequest(http.MethodGet, "/check", nil)
		if raw != "" {
			req.Header.Set("Cookie", "jwt="+raw)
		}
		resp, err := checker.Test(req)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != want || want == 204 && resp.ContentLength > 0 {
			t.Errorf("%d with %d bytes; want %d", resp.StatusCode, resp.ContentLength, want)
		}
	}
}

func TestPeersTokensSayWhatOursSay(t *testing.T) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	three, err := (&issuer{signer: token.NewSigner(private)}).tokens("any")
	if err != nil {
		t.Fatal(err)
	}
	theirs := peerClaims("s", time.Now(), time.Hour)
	var ours jwt.MapClaims
	if _, _, err := jwt.NewParser().ParseUnverified(three.good, &ours); err != nil {
		t.Fatal(err)
	}
	for name := range ours {
		if theirs[name] == nil {
			t.Errorf("a peer's token lacks %s", name)
		}
	}
}

// door answers as a guard that lets these tokens pass.
func door(t *testing.T, passing ...string) subject {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, each := range passing {
			if r.Header.Get("Cookie") == "jwt="+each {
				return
			}
		}
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	return subject{url: server.URL, tokens: &tokens{good: "good", expired: "expired", revoked: "revoked"}}
}

func TestAGuardMustGuard(t *testing.T) {
	if err := door(t, "good").check(t.Context()); err != nil {
		t.Error(err)
	}
	for _, passing := range [][]string{nil, {"good", "expired"}, {"good", "revoked"}, {"good", "goodA"}} {
		if err := door(t, passing...).check(t.Context()); err == nil {
			t.Errorf("a guard that lets %v pass is measured", passing)
		}
	}
}

func TestCookiesOfAReply(t *testing.T) {
	resp := &http.Response{Header: http.Header{"Set-Cookie": {"jwt=a.b.c; Path=/; HttpOnly", "jwt_refresh=d; Path=/api"}}}
	if got := newReply(resp).cookies; got != "jwt=a.b.c; jwt_refresh=d" {
		t.Error(got)
	}
}
