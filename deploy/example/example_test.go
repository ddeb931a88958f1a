package example_test

import (
	"crypto/ed25519"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/internal/principal"
	"gatehouse/internal/token"
)

// signer is auth-service.
type signer struct {
	*testing.T
	private ed25519.PrivateKey
	public  ed25519.PublicKey
}

func newSigner(t *testing.T) signer {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return signer{t, private, public}
}

func caller(role string) principal.Principal {
	return principal.Principal{Subject: "7", UID: "ada", Role: role, SessionID: "s1", AuthTime: time.Now()}
}

// assertion is as auth-service makes it.
func (s signer) assertion(role, audience string, ago time.Duration) string {
	s.Helper()
	raw, err := token.NewSigner(s.private).SignAssertion(token.NewAssertion(caller(role), audience, "a1", time.Now().Add(-ago)))
	if err != nil {
		s.Fatal(err)
	}
	return raw
}

func (s signer) accessToken(role string, ago time.Duration) string {
	s.Helper()
	raw, err := token.NewSigner(s.private).Sign(token.NewClaims(caller(role), "t1", "g1", time.Now().Add(-ago), time.Hour))
	if err != nil {
		s.Fatal(err)
	}
	return raw
}

// forged is a good assertion with members of its header or claims changed, or left out where they are nil.
func (s signer) forged(method jwt.SigningMethod, key any, header, claims map[string]any) string {
	s.Helper()
	now := time.Now().Unix()
	all := jwt.MapClaims{
		"iss": "gatehouse", "aud": []string{"grades"}, "sub": "7", "uid": "ada", "role": "Admin", "sid": "s1", "jti": "a1", "iat": now, "exp": now + 30,
	}
	made := jwt.NewWithClaims(method, all)
	made.Header["typ"], made.Header["kid"] = "assertion+jwt", token.Thumbprint(s.public)
	for into, changes := range map[*map[string]any]map[string]any{&made.Header: header, (*map[string]any)(&all): claims} {
		maps.Copy(*into, changes)
		maps.DeleteFunc(*into, func(_ string, value any) bool { return value == nil })
	}
	raw, err := made.SignedString(key)
	if err != nil {
		s.Fatal(err)
	}
	return raw
}

type m = map[string]any

// bad are assertions that no service may take.
func (s signer) bad() map[string]string {
	stranger := newSigner(s.T)
	good := s.assertion("Admin", "grades", 0)
	parts := strings.Split(good, ".")
	another := strings.Split(s.assertion("Teacher", "grades", 0), ".")
	forge := func(header, claims m) string { return s.forged(jwt.SigningMethodEdDSA, s.private, header, claims) }
	return map[string]string{
		"none": "", "no token": "gatehouse", "only dots": "..", "not ASCII": "é.é.é", "very long": strings.Repeat("a", 10_000),
		"expired":                s.assertion("Admin", "grades", 36*time.Second),
		"not made yet":           s.assertion("Admin", "grades", -20*time.Second),
		"for another":            s.assertion("Admin", "http://reports:8080", 0),
		"for one like us":        s.assertion("Admin", "grades2", 0),
		"an access token":        s.accessToken("Admin", 0),
		"of another type":        forge(m{"typ": "at+jwt"}, nil),
		"of the type JWT":        forge(m{"typ": "JWT"}, nil),
		"of no type":             forge(m{"typ": nil}, nil),
		"with crit":              forge(m{"crit": []string{"exp"}}, nil),
		"of no key":              forge(m{"kid": nil}, nil),
		"of an unknown key":      stranger.assertion("Admin", "grades", 0),
		"of a key that we know":  stranger.forged(jwt.SigningMethodEdDSA, stranger.private, m{"kid": token.Thumbprint(s.public)}, nil),
		"of another issuer":      forge(nil, m{"iss": "somebody"}),
		"for nobody":             forge(nil, m{"aud": nil}),
		"for ever":               forge(nil, m{"exp": nil}),
		"of no time":             forge(nil, m{"iat": nil}),
		"of nobody":              forge(nil, m{"sub": nil}),
		"without a role":         forge(nil, m{"role": nil}),
		"without a session":      forge(nil, m{"sid": nil}),
		"signed with nothing":    s.forged(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, nil),
		"signed with the public": s.forged(jwt.SigningMethodHS256, []byte(s.public), nil, nil),
		"without its signature":  parts[0] + "." + parts[1] + ".",
		"of two halves":          parts[0] + "." + another[1] + "." + parts[2],
	}
}

// each runs the test for the service in each language.
func each(t *testing.T, test func(t *testing.T, start func(t *testing.T, jwks string) string)) {
	for language, start := range languages {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			test(t, start)
		})
	}
}

func TestOnlyGoodAssertionsAreTaken(t *testing.T) {
	each(t, func(t *testing.T, start func(*testing.T, string) string) {
		s := newSigner(t)
		set := publish(t, s.public)
		base := start(t, set.URL)
		for role, want := range map[string]int{"Admin": 200, "Teacher": 200, "User": 403} {
			status, body := ask(t, base+"/", "X-Gatehouse-Assertion: "+s.assertion(role, "grades", 0))
			if status != want || (want == 200) != strings.Contains(body, `"ada"`) {
				t.Errorf("%s: %d %s", role, status, body)
			}
		}
		for name, good := range map[string]string{
			"made by hand": s.forged(jwt.SigningMethodEdDSA, s.private, nil, nil),
			"nearly over":  s.assertion("Admin", "grades", 29*time.Second),
			"for two":      s.forged(jwt.SigningMethodEdDSA, s.private, nil, m{"aud": []string{"reports", "grades"}}),
			"for one":      s.forged(jwt.SigningMethodEdDSA, s.private, nil, m{"aud": "grades"}),
		} {
			if status, body := ask(t, base+"/", "X-Gatehouse-Assertion: "+good); status != 200 {
				t.Errorf("a good one, %s: %d %s", name, status, body)
			}
		}
		for name, bad := range s.bad() {
			if status, body := ask(t, base+"/", "X-Gatehouse-Assertion: "+bad); status != 401 {
				t.Errorf("%s: %d %s", name, status, body)
			}
		}
		if n := set.fetches.Load(); n > 3 {
			t.Errorf("unknown keys caused %d fetches", n)
		}
	})
}

func TestOnlyGoodAccessTokensAreTaken(t *testing.T) {
	each(t, func(t *testing.T, start func(*testing.T, string) string) {
		s := newSigner(t)
		base := start(t, publish(t, s.public).URL) + "/by-token"
		for header, want := range map[string]int{
			"Authorization: Bearer " + s.accessToken("Teacher", 0):            200,
			"Authorization: bearer " + s.accessToken("User", 0):               403,
			"Authorization: Basic " + s.accessToken("Teacher", 0):             401,
			"Authorization: Bearer " + s.accessToken("Teacher", 2*time.Hour):  401,
			"Authorization: Bearer " + newSigner(t).accessToken("Teacher", 0): 401,
			"Authorization: Bearer " + s.assertion("Teacher", "grades", 0):    401,
			"Authorization: Bearer " + s.assertion("Teacher", "gatehouse", 0): 401,
			"X-Gatehouse-Assertion: " + s.assertion("Teacher", "grades", 0):   401,
			"": 401,
		} {
			if status, body := ask(t, base, header); status != want {
				t.Errorf("%.40s: %d %s; want %d", header, status, body, want)
			}
		}
		if status, body := ask(t, strings.TrimSuffix(base, "/by-token")+"/by-headers", "X-User-Role: User"); status != 403 {
			t.Errorf("by headers: %d %s", status, body)
		}
	})
}

// A key that was added is known a little later, without a restart; and a service that has never had keys says so.
func TestKeysComeAndGo(t *testing.T) {
	each(t, func(t *testing.T, start func(*testing.T, string) string) {
		old, next := newSigner(t), newSigner(t)
		set := publish(t)
		base := start(t, set.URL)
		want := func(s signer, wanted int) {
			t.Helper()
			header := "X-Gatehouse-Assertion: " + s.assertion("Admin", "grades", 0)
			status, body := ask(t, base+"/", header)
			for deadline := time.Now().Add(8 * time.Second); status != wanted && time.Now().Before(deadline); status, body = ask(t, base+"/", header) {
				<-time.After(100 * time.Millisecond)
			}
			if status != wanted {
				t.Errorf("%d %s; want %d", status, body, wanted)
			}
		}
		want(old, 503)
		set.add(old.public)
		want(old, 200)
		want(next, 401)
		set.add(next.public)
		want(next, 200)
		want(old, 200)
	})
}
