package token_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/internal/principal"
	"gatehouse/internal/token"
)

var ada = principal.Principal{Subject: "7", UID: "ada", Role: "Teacher", SessionID: "s1", AuthTime: time.Now()}

func TestAnAssertionSaysWhoCallsAndWhom(t *testing.T) {
	private, public, kid := newKey(t)
	now := time.Now()
	raw, err := token.NewSigner(private).SignAssertion(token.NewAssertion(ada, "http://reports:8080", "a1", now))
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.MapClaims
	parsed, err := jwt.ParseWithClaims(raw, &claims, func(*jwt.Token) (any, error) { return public, nil })
	if err != nil {
		t.Fatal(err)
	}
	if h := parsed.Header; h["alg"] != "EdDSA" || h["typ"] != "assertion+jwt" || h["kid"] != kid || len(h) != 3 {
		t.Errorf("the header: %v", h)
	}
	issued, _ := claims.GetIssuedAt()
	expires, _ := claims.GetExpirationTime()
	audience, _ := claims.GetAudience()
	if expires.Sub(issued.Time) != 30*time.Second || now.Sub(issued.Time).Abs() > 2*time.Millisecond || len(audience) != 1 || audience[0] != "http://reports:8080" {
		t.Errorf("%v", claims)
	}
	for name, want := range map[string]string{"iss": "gatehouse", "sub": "7", "uid": "ada", "role": "Teacher", "sid": "s1", "jti": "a1"} {
		if claims[name] != want {
			t.Errorf("%s: %v", name, claims[name])
		}
	}
	if len(claims) != 9 {
		t.Errorf("it says more: %v", claims)
	}
}

// signedAs makes a token of any type and claims with our own key, as nobody but auth-service could.
func signedAs(t *testing.T, private ed25519.PrivateKey, kid, typ string, claims jwt.Claims) string {
	t.Helper()
	made := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	made.Header["kid"], made.Header["typ"] = kid, typ
	raw, err := made.SignedString(private)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The type alone keeps an assertion from being an access token, whatever it says; and so do the audience and the claims.
func TestAnAssertionIsNoAccessToken(t *testing.T) {
	private, public, kid := newKey(t)
	keys, now := token.NewKeySet([]ed25519.PublicKey{public}), time.Now()
	everything := token.NewClaims(ada, "t1", "g1", now, time.Hour)
	everything.Issuer, everything.Audience = token.Issuer, jwt.ClaimStrings{token.Audience}
	assertion := token.NewAssertion(ada, token.Audience, "a1", now)
	elsewhere := everything
	elsewhere.Audience = jwt.ClaimStrings{"http://reports:8080"}
	real, err := token.NewSigner(private).SignAssertion(token.NewAssertion(ada, "http://reports:8080", "a1", now))
	if err != nil {
		t.Fatal(err)
	}
	for door, verify := range doors {
		if _, err := verify(signedAs(t, private, kid, token.Type, &everything), keys); err != nil {
			t.Fatalf("%s: an access token made in this way is good: %v", door, err)
		}
		for name, raw := range map[string]string{
			"a real one":                                    real,
			"with all claims of an access token":            signedAs(t, private, kid, token.AssertionType, &everything),
			"with the type and audience of an access token": signedAs(t, private, kid, token.Type, &assertion),
			"with all but the audience":                     signedAs(t, private, kid, token.Type, &elsewhere),
		} {
			if _, err := verify(raw, keys); !errors.Is(err, token.ErrInvalid) {
				t.Errorf("%s: an assertion %s: %v", door, name, err)
			}
		}
	}
}

func TestAudiences(t *testing.T) {
	for _, good := range []string{"http://reports:8080", "reports", "a", strings.Repeat("a", 200)} {
		if err := token.CheckAudience(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "gatehouse", "a b", "a\n", "é", "\x00", strings.Repeat("a", 201)} {
		if token.CheckAudience(bad) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
