package token

import (
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/internal/principal"
)

// What an assertion is: a JWT of the same issuer and keys as an access token, which tells one upstream who calls it. Its
// type and its audience keep it from being taken for an access token, and for an assertion to another upstream.
const (
	AssertionType = "assertion+jwt"
	AssertionTTL  = 30 * time.Second
)

// MaxAudience is the longest name of an audience, in bytes.
const MaxAudience = 200

// Assertion is what an assertion says.
type Assertion struct {
	jwt.RegisteredClaims
	UID       string `json:"uid"`
	Role      string `json:"role"`
	SessionID string `json:"sid"`
}

// NewAssertion tells the audience that the principal calls, for AssertionTTL from now on. The id (jti) must be unique.
func NewAssertion(p principal.Principal, audience, id string, now time.Time) Assertion {
	return Assertion{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: Issuer, Audience: jwt.ClaimStrings{audience}, Subject: p.Subject, ID: id,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(AssertionTTL)),
		},
		UID: p.UID, Role: p.Role, SessionID: p.SessionID,
	}
}

// CheckAudience finds what is wrong with the name of an upstream. That of access tokens is nobody's else.
func CheckAudience(name string) error {
	if name == "" || len(name) > MaxAudience {
		return errors.New("must be a name of 1 to 200 characters")
	}
	for i := range len(name) {
		if name[i] <= ' ' || name[i] >= 0x7f {
			return errors.New("must be a name of ASCII characters without spaces")
		}
	}
	if name == Audience {
		return errors.New("is that of access tokens; choose another")
	}
	return nil
}

// SignAssertion makes the compact form of an assertion.
func (s *Signer) SignAssertion(a Assertion) (string, error) { return s.sign(&a, AssertionType) }

func (s *Signer) sign(claims jwt.Claims, typ string) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	t.Header["kid"], t.Header["typ"] = s.kid, typ
	return t.SignedString(s.key)
}
