package edge_test

import (
	"crypto/ed25519"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/gateway/internal/edge"
	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
)

const (
	missing = "Authentication Token is missing!"
	invalid = "Invalid Authentication token!"
)

// forge signs a token whose header and claims the test has changed; a claim set to nil is left out.
func (d *door) forge(method jwt.SigningMethod, key any, header, claims map[string]any) string {
	d.t.Helper()
	now := time.Now()
	all := jwt.MapClaims{
		"iss": token.Issuer, "aud": token.Audience, "sub": "7", "uid": "ada", "role": "Admin", "sid": "s1", "jti": "t1",
		"gen": "g1", "iat": now.Unix(), "auth_time": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	t := jwt.NewWithClaims(method, all)
	t.Header["typ"], t.Header["kid"] = token.Type, token.Thumbprint(d.key.Public().(ed25519.PublicKey))
	put(t.Header, header)
	put(all, claims)
	raw, err := t.SignedString(key)
	if err != nil {
		d.t.Fatal(err)
	}
	return raw
}

func put(into, changes map[string]any) {
	for name, value := range changes {
		into[name] = value
		if value == nil {
			delete(into, name)
		}
	}
}

type m = map[string]any

func TestGoodTokenPasses(t *testing.T) {
	d := open(t)
	for _, raw := range []string{d.token("User"), d.forge(jwt.SigningMethodEdDSA, d.key, nil, nil)} {
		d.want(d.call("GET", "/api/id", "", "Cookie: jwt="+raw), 200, "")
	}
}

func TestNoToken(t *testing.T) {
	d := open(t)
	for _, cookie := range []string{"other=1", "jwt=", "jwt", `jwt=""`, "JWT=x", "xjwt=x"} {
		d.want(d.call("GET", "/api/id", "", "Cookie: "+cookie), 401, missing)
	}
	d.want(d.call("GET", "/api/id", ""), 401, missing)
	d.want(d.call("GET", "/api/id", "", "Authorization: Bearer "+d.token("User")), 401, missing)
	d.want(d.call("GET", "/api/id?jwt="+d.token("User"), ""), 401, missing)
	if _, _, n := d.echo.received(); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}

func TestBadTokens(t *testing.T) {
	d := open(t)
	_, other, _ := ed25519.GenerateKey(nil)
	good, now := d.token("Admin"), time.Now()
	dots := strings.Split(good, ".")
	sign := func(header, claims m) string { return d.forge(jwt.SigningMethodEdDSA, d.key, header, claims) }
	hmacKey := []byte(d.key.Public().(ed25519.PublicKey))
	for name, raw := range map[string]string{
		"truncated":           good[:len(good)-3],
		"no signature":        dots[0] + "." + dots[1] + ".",
		"two parts":           dots[0] + "." + dots[1],
		"other's claims":      dots[0] + "." + strings.Split(d.token("User"), ".")[1] + "." + dots[2],
		"words":               "nonsense",
		"too long":            good + strings.Repeat("x", token.MaxLength),
		"another key":         d.forge(jwt.SigningMethodEdDSA, other, nil, nil),
		"alg none":            d.forge(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, nil),
		"public key as HMAC":  d.forge(jwt.SigningMethodHS256, hmacKey, nil, nil),
		"HMAC called EdDSA":   d.forge(jwt.SigningMethodHS256, hmacKey, m{"alg": "EdDSA"}, nil),
		"expired":             sign(nil, m{"exp": now.Add(-time.Second).Unix()}),
		"no exp":              sign(nil, m{"exp": nil}),
		"exp is text":         sign(nil, m{"exp": "never"}),
		"not yet valid":       sign(nil, m{"nbf": now.Add(time.Minute).Unix()}),
		"issued ahead":        sign(nil, m{"iat": now.Add(time.Minute).Unix()}),
		"no iat":              sign(nil, m{"iat": nil}),
		"another issuer":      sign(nil, m{"iss": "elsewhere"}),
		"no issuer":           sign(nil, m{"iss": nil}),
		"another audience":    sign(nil, m{"aud": "elsewhere"}),
		"no audience":         sign(nil, m{"aud": nil}),
		"no subject":          sign(nil, m{"sub": nil}),
		"no session":          sign(nil, m{"sid": nil}),
		"no id":               sign(nil, m{"jti": nil}),
		"no role":             sign(nil, m{"role": nil}),
		"no generation":       sign(nil, m{"gen": nil}),
		"another type":        sign(m{"typ": "JWT"}, nil),
		"refresh type":        sign(m{"typ": "rt+jwt"}, nil),
		"no type":             sign(m{"typ": nil}, nil),
		"unknown kid":         sign(m{"kid": "unknown"}, nil),
		"no kid":              sign(m{"kid": nil}, nil),
		"kid is a number":     sign(m{"kid": 1}, nil),
		"unknown crit":        sign(m{"crit": []string{"b64"}, "b64": false}, nil),
		"key in its header":   d.forge(jwt.SigningMethodEdDSA, other, m{"jwk": m{"kty": "OKP"}}, nil),
		"role is a list":      sign(nil, m{"role": []string{"Admin"}}),
		"with a byte changed": flip(good),
	} {
		t.Run(name, func(t *testing.T) {
			r := d.call("GET", "/api/id", "", "Cookie: jwt="+raw)
			if r.StatusCode != 401 || r.message() != invalid {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
			if len(r.Cookies()) > 0 {
				t.Error("the cookies must be kept: the refresh token may still be good")
			}
		})
	}
	if _, _, n := d.echo.received(); n != 0 {
		t.Errorf("%d requests came through", n)
	}
	if strings.Contains(d.log.String(), dots[2]) {
		t.Error("a token is in the log")
	}
}

func flip(raw string) string {
	i := len(raw) - 10
	changed := byte('A')
	if raw[i] == changed {
		changed = 'B'
	}
	return raw[:i] + string(changed) + raw[i+1:]
}

func TestRevokedToken(t *testing.T) {
	d := open(t)
	cookie := "Cookie: jwt=" + d.token("User")
	d.want(d.call("GET", "/api/id", "", cookie), 200, "")
	d.list.set(map[string]bool{"s1": true}, nil)
	d.want(d.call("GET", "/api/id", "", cookie), 401, invalid)
	d.list.set(nil, nil)
	d.want(d.call("GET", "/api/id", "", cookie), 200, "")
}

func TestTokenOfADroppedKey(t *testing.T) {
	d := open(t)
	cookie := "Cookie: jwt=" + d.token("User")
	d.list.set(map[string]bool{"another": true}, nil)
	d.want(d.call("GET", "/api/id", "", cookie), 200, "")
	d.list.set(map[string]bool{token.Thumbprint(d.key.Public().(ed25519.PublicKey)): true}, nil)
	r := d.call("GET", "/api/id", "", cookie)
	d.want(r, 401, invalid)
	if len(r.Cookies()) > 0 {
		t.Error("the cookies must be kept: the refresh token is still good")
	}
}

func TestUnknownRevocationFailsClosed(t *testing.T) {
	d := open(t)
	d.list.set(nil, errors.Join(revocation.ErrUnknown, errors.New("dial 10.0.0.9: refused")))
	r := d.call("GET", "/api/id", "", "Cookie: jwt="+d.token("User"))
	d.want(r, 503, "The service is not available at the moment. Please try again shortly.")
	if r.Header.Get("Retry-After") == "" || len(r.Cookies()) > 0 || strings.Contains(r.body, "10.0.0.9") {
		t.Errorf("%v %s", r.Header, r.body)
	}
	d.want(d.call("POST", "/api/authenticate", "{}"), 200, "")
	d.want(d.call("GET", "/", ""), 200, "")
}

type noKeys struct{}

func (noKeys) Key(string) (ed25519.PublicKey, error) { return nil, token.ErrNoKeys }

func TestUnknownKeysAreUnavailable(t *testing.T) {
	d := open(t, func(o *edge.Options) { o.Keys = noKeys{} })
	r := d.call("GET", "/api/id", "", "Cookie: jwt="+d.token("User"))
	d.want(r, 503, "")
	if r.Header.Get("Retry-After") == "" || len(r.Cookies()) > 0 {
		t.Errorf("%v", r.Header)
	}
}

func TestRoles(t *testing.T) {
	d := open(t)
	for _, c := range []struct {
		role, method, path string
		status             int
		message            string
	}{
		{"User", "DELETE", "/api/user", 200, ""}, // the service knows whose it is
		{"User", "GET", "/api/audit", 403, "Insufficient permissions. Required roles: [Admin]"},
		{"admin", "GET", "/api/audit", 403, "Insufficient permissions. Required roles: [Admin]"},
		{"Admin", "GET", "/api/audit", 200, ""},
		{"User", "POST", "/api/users", 403, "Insufficient permissions. Required roles: [Admin]"},
		{"User", "GET", "/api/class", 403, "Insufficient permissions. Required roles: [Admin, Teacher]"},
		{"Teacher", "GET", "/api/class", 200, ""},
		{"Admin", "GET", "/api/class", 200, ""},
		{"User", "GET", "/api/user", 200, ""},
	} {
		r := d.call(c.method, c.path, "", "Cookie: jwt="+d.token(c.role), "Sec-Fetch-Site: same-origin")
		if r.StatusCode != c.status || c.message != "" && r.message() != c.message {
			t.Errorf("%+v: %d %s", c, r.StatusCode, r.body)
		}
	}
}

func TestDoubledCookies(t *testing.T) {
	d := open(t)
	good := d.token("User")
	for _, cookies := range [][]string{
		{"Cookie: jwt=" + good + "; jwt=" + good},
		{"Cookie: jwt=" + good, "Cookie: jwt=x"},
		{"Cookie: jwt=" + good + ";jwt=x"},
		{"Cookie: jwt=" + good + "; jwt"},
		{"Cookie: jwt=" + good + "; jwt =x"},
		{"Cookie: jwt_refresh=a; jwt=" + good + "; jwt_refresh=b"},
		{"Cookie: jwt_device=a; jwt_device=b; jwt=" + good},
	} {
		for _, path := range []string{"/api/id", "/api/authenticate"} {
			method := map[string]string{"/api/id": "GET", "/api/authenticate": "POST"}[path]
			r := d.call(method, path, "", append(cookies, "Sec-Fetch-Site: same-origin")...)
			d.want(r, 400, "")
			cleared := strings.Join(r.Header.Values("Set-Cookie"), "\n")
			if !strings.Contains(cleared, "jwt=; Path=/; Max-Age=0") ||
				!strings.Contains(cleared, "jwt_refresh=; Path=/api/authenticate; Max-Age=0") ||
				!strings.Contains(cleared, "jwt_device=; Path=/api/authenticate; Max-Age=0") {
				t.Errorf("%q: cleared %s", cookies, cleared)
			}
		}
	}
	if _, _, n := d.echo.received(); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}

func TestPrefixedCookiesOnHTTPS(t *testing.T) {
	d := open(t, https)
	d.want(d.call("GET", "/api/id", "", "Cookie: jwt="+d.token("User")), 401, missing)
	d.want(d.call("GET", "/api/id", "", "Cookie: __Host-jwt="+d.token("User")), 200, "")
	r := d.raw("GET /api/id HTTP/1.1\r\nHost: a.gate.example:443\r\nCookie: __Host-jwt=a; __Host-jwt=b\r\n\r\n")
	cleared := strings.Join(r.Header.Values("Set-Cookie"), "\n")
	for _, want := range []string{"__Host-jwt=; Path=/;", "__Secure-jwt_refresh=; Path=/api/authenticate;", "__Secure-jwt_device=; Path=/api/authenticate;", "Domain=gate.example; Secure"} {
		if !strings.Contains(cleared, want) {
			t.Errorf("%s is not in %s", want, cleared)
		}
	}
}

func TestTokensOfOneConnectionStayApart(t *testing.T) {
	d := open(t)
	good := "jwt=" + d.token("User")
	for range 20 {
		d.want(d.call("GET", "/api/id", "", "Cookie: "+good), 200, "")
		if r, _, _ := d.echo.received(); r.Header.Get("Authorization") != "Bearer "+strings.TrimPrefix(good, "jwt=") {
			t.Fatal("another token was forwarded")
		}
		d.want(d.call("GET", "/api/id", "", "Cookie: jwt="+strings.Repeat("B", len(good)-4)), 401, invalid)
		d.want(d.call(http.MethodGet, "/api/id", ""), 401, missing)
	}
}
