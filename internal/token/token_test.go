package token_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
	"gatehouse/internal/token"
)

// doors are the two ways into the package: Verify, and KeyFunc as gofiber/contrib/jwt uses it, which makes the claims by
// reflection and gives the parser no options.
var doors = map[string]func(raw string, keys token.Keys) (*token.Claims, error){
	"Verify": token.Verify,
	"KeyFunc": func(raw string, keys token.Keys) (*token.Claims, error) {
		claims := reflect.New(reflect.TypeFor[token.Claims]()).Interface().(jwt.Claims)
		parsed, err := jwt.ParseWithClaims(raw, claims, token.KeyFunc(keys))
		if fault.Is(token.Refusal(err), fault.Unavailable) {
			return nil, err
		}
		if err != nil || !parsed.Valid {
			return nil, token.ErrInvalid
		}
		return parsed.Claims.(*token.Claims), nil
	},
}

func pemOf(t *testing.T, key ed25519.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func TestBadTokensAreRefused(t *testing.T) {
	private, public, kid := newKey(t)
	other, _, otherKid := newKey(t)
	keys := token.NewKeySet([]ed25519.PublicKey{public})
	good, now := goodDraft(kid), time.Now()
	raw := good.signed(private)
	parts := strings.Split(raw, ".")

	cases := map[string]string{
		"missing":                           "",
		"only dots":                         "..",
		"not a token":                       "gatehouse",
		"truncated in the signature":        raw[:len(raw)-4],
		"without signature":                 parts[0] + "." + parts[1] + ".",
		"two parts":                         parts[0] + "." + parts[1],
		"four parts":                        raw + ".x",
		"claims of another token":           parts[0] + "." + strings.Split(good.with("role", "Admin").unsigned(), ".")[1] + "." + parts[2],
		"header of another token":           strings.Split(good.headed("x", 1).unsigned(), ".")[0] + "." + parts[1] + "." + parts[2],
		"padded base64":                     raw + "==",
		"overlong":                          good.with("name", strings.Repeat("x", token.MaxLength)).signed(private),
		"expired":                           good.with("exp", now.Add(-time.Second).Unix()).signed(private),
		"not before ahead":                  good.with("nbf", now.Add(time.Minute).Unix()).signed(private),
		"issued ahead":                      good.with("iat", now.Add(token.Leeway+5*time.Second).Unix()).signed(private),
		"other issuer":                      good.with("iss", "somebody").signed(private),
		"issuer as a prefix":                good.with("iss", "gatehouse2").signed(private),
		"other audience":                    good.with("aud", "somebody").signed(private),
		"no audience in the list":           good.with("aud", []string{}).signed(private),
		"expiry as text":                    good.with("exp", "tomorrow").signed(private),
		"role as a list":                    good.with("role", []string{"Admin"}).signed(private),
		"typ absent":                        good.beheaded("typ").signed(private),
		"typ JWT":                           good.headed("typ", "JWT").signed(private),
		"typ of a refresh token":            good.headed("typ", "rt+jwt").signed(private),
		"alg absent":                        good.beheaded("alg").signed(private),
		"alg none":                          good.headed("alg", "none").unsigned() + ".",
		"alg None":                          good.headed("alg", "None").unsigned() + ".",
		"alg none, signed":                  good.headed("alg", "none").signed(private),
		"alg ES256, signed with our key":    good.headed("alg", "ES256").signed(private),
		"HS256 with the public key's bytes": good.headed("alg", "HS256").withMAC(public),
		"HS256 with the public key's PEM":   good.headed("alg", "HS256").withMAC(pemOf(t, public)),
		"HS256 with an empty secret":        good.headed("alg", "HS256").withMAC(nil),
		"another key under our kid":         good.signed(other),
		"another key under its own kid":     goodDraft(otherKid).signed(other),
		"unknown kid, our key":              good.headed("kid", "somebody").signed(private),
		"kid absent":                        good.beheaded("kid").signed(private),
		"kid empty":                         good.headed("kid", "").signed(private),
		"kid a number":                      good.headed("kid", 7).signed(private),
		"crit unknown":                      good.headed("crit", []string{"b64"}).signed(private),
		"crit empty":                        good.headed("crit", []string{}).signed(private),
		"crit null":                         good.headed("crit", nil).signed(private),
	}
	for claim := range good.claims {
		cases[claim+" missing"] = good.without(claim).signed(private)
		cases[claim+" null"] = good.with(claim, nil).signed(private)
		if text, ok := good.claims[claim].(string); ok && text != "" {
			cases[claim+" empty"] = good.with(claim, "").signed(private)
		}
	}
	for name, raw := range cases {
		for door, verify := range doors {
			if claims, err := verify(raw, keys); !errors.Is(err, token.ErrInvalid) || claims != nil {
				t.Errorf("%s through %s: %+v, %v; want ErrInvalid", name, door, claims, err)
			}
		}
	}
}

func TestGoodTokensAreAccepted(t *testing.T) {
	private, public, kid := newKey(t)
	_, older, _ := newKey(t)
	keys := token.NewKeySet([]ed25519.PublicKey{older, public})
	good, now := goodDraft(kid), time.Now()
	for name, d := range map[string]draft{
		"as it is":               good,
		"issued a little ahead":  good.with("iat", now.Add(token.Leeway-2*time.Second).Unix()),
		"not before in the past": good.with("nbf", now.Add(-time.Second).Unix()),
		"audience as text":       good.with("aud", "gatehouse"),
		"one of many audiences":  good.with("aud", []string{"others", "gatehouse"}),
		"a claim more":           good.with("name", "Alice"),
		"a kid among the claims": good.with("KeyID", "another").with("kid", "another"),
	} {
		for door, verify := range doors {
			claims, err := verify(d.signed(private), keys)
			if err != nil || claims.Subject != "7" || claims.UID != "alice" || claims.Role != "User" || claims.SessionID != "s1" || claims.KeyID != kid {
				t.Errorf("%s through %s: %+v, %v", name, door, claims, err)
			}
		}
	}
}

// What the Signer makes comes back as it was. A revocation "before this moment" compares times to the millisecond, so they
// may come back a millisecond earlier, as the float64 in the JWT library has it, but never later.
func TestSignedTokensComeBack(t *testing.T) {
	private, public, _ := newKey(t)
	signer, keys := token.NewSigner(private), token.NewKeySet([]ed25519.PublicKey{public})
	start := time.Now().Truncate(time.Millisecond)
	rapid.Check(t, func(t *rapid.T) {
		now := start.Add(-time.Duration(rapid.IntRange(0, 3_500_000).Draw(t, "ms")) * time.Millisecond)
		want := principal.Principal{
			Subject: "7", UID: rapid.StringN(1, 20, -1).Draw(t, "uid"), Role: principal.RoleAdmin, SessionID: "s1",
			AuthTime: now.Add(-time.Minute),
		}
		raw, err := signer.Sign(token.NewClaims(want, "t1", "g1", now, time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		claims, err := token.Verify(raw, keys)
		if err != nil {
			t.Fatal(err)
		}
		got := claims.Principal()
		for name, lost := range map[string]time.Duration{
			"iat":       now.Sub(claims.IssuedAt.Time),
			"exp":       now.Add(time.Hour).Sub(claims.ExpiresAt.Time),
			"auth_time": want.AuthTime.Sub(got.AuthTime),
		} {
			if lost < 0 || lost > time.Millisecond {
				t.Fatalf("%s came back %v earlier than it was signed", name, lost)
			}
		}
		got.AuthTime = want.AuthTime
		if got != want || claims.ID != "t1" || claims.Generation != "g1" || claims.KeyID != signer.KeyID() {
			t.Fatalf("came back as %+v, %+v; want %+v", got, claims, want)
		}
	})
}

// A key is bound to its algorithm before any signature is looked at: no other method is handed one.
func TestKeyFuncGivesAKeyToNoOtherMethod(t *testing.T) {
	_, public, kid := newKey(t)
	keyFunc := token.KeyFunc(token.NewKeySet([]ed25519.PublicKey{public}))
	for _, method := range []jwt.SigningMethod{
		jwt.SigningMethodEdDSA, jwt.SigningMethodHS256, jwt.SigningMethodES256, jwt.SigningMethodRS256, jwt.SigningMethodNone,
	} {
		key, err := keyFunc(&jwt.Token{Method: method, Header: goodDraft(kid).header})
		if given := err == nil && key != nil; given != (method == jwt.SigningMethodEdDSA) {
			t.Errorf("%s: key %v, %v", method.Alg(), key, err)
		}
	}
}

// lostKeys knows nothing at the moment.
type lostKeys struct{}

func (lostKeys) Key(string) (ed25519.PublicKey, error) { return nil, token.ErrNoKeys }

func TestKeysThatCannotBeHadSayNothingOfTheToken(t *testing.T) {
	private, _, kid := newKey(t)
	for door, verify := range doors {
		_, err := verify(goodDraft(kid).signed(private), lostKeys{})
		if !errors.Is(err, token.ErrNoKeys) || errors.Is(err, token.ErrInvalid) {
			t.Errorf("%s: %v; want ErrNoKeys alone", door, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	_, public, kid := newKey(f)
	other, _, _ := newKey(f)
	keys := token.NewKeySet([]ed25519.PublicKey{public})
	good := goodDraft(kid)
	for _, seed := range []string{
		"", ".", "..", "...", "a.b.c", "e30.e30.", good.unsigned(), good.unsigned() + ".", good.signed(other),
		good.headed("alg", "none").unsigned() + ".", good.headed("alg", "HS256").withMAC(public),
		good.headed("kid", nil).signed(other), good.with("aud", map[string]any{}).signed(other), "\x00.\xff.=",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := token.Verify(raw, keys); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("%q was not refused: %v", raw, err) // nobody has the private key
		}
	})
}
