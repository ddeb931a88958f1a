// Package token makes and verifies access tokens, for the issuer and for every service that receives one, and makes the
// assertions by which one upstream learns who calls it.
//
// An access token is a JWT (RFC 7519) signed with Ed25519 (RFC 8037), of the type that RFC 9068 names. A token is good
// when all of this holds, and a token that lacks any of it is refused:
//
//   - the header has alg EdDSA, typ at+jwt, a kid that is in the key set, and no crit
//   - the signature verifies under that one key
//   - iss and aud are the constants below, exp is ahead, nbf (if any) is past, iat is at most Leeway ahead
//   - sub, uid, role, sid, jti, gen and auth_time are present
//   - it has no more than MaxLength bytes, and is written in the one way that there is to write it
package token

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/internal/principal"
)

// Who makes the tokens and whom they are for. Constants, because every part of one Gatehouse is both.
const (
	Issuer   = "gatehouse"
	Audience = "gatehouse"
	Type     = "at+jwt" // RFC 9068 §2.1
)

// Leeway is how far ahead the issuer's clock may run.
const Leeway = 5 * time.Second

// The bounds of a token's life.
const (
	MinTTL = time.Second
	MaxTTL = 24 * time.Hour
)

// CheckTTL finds what is wrong with a token's life in a service's configuration.
func CheckTTL(ttl time.Duration) error {
	if ttl < MinTTL || ttl > MaxTTL {
		return errors.New("from 1s to 24h")
	}
	return nil
}

// MaxLength is the longest token, in bytes, that anyone looks at; ours have some 600.
const MaxLength = 4096

// ErrInvalid is any token that is not good. The cause is wrapped for the log.
var ErrInvalid = errors.New("invalid access token")

func init() {
	// A revocation "before this moment" must tell tokens of one second apart. A time may come back a millisecond earlier
	// than it was signed, because the library reads it through a float64; never later, so a revocation holds.
	jwt.TimePrecision = time.Millisecond
}

// Claims are what a token says.
type Claims struct {
	jwt.RegisteredClaims
	UID        string           `json:"uid"`
	Role       string           `json:"role"`
	SessionID  string           `json:"sid"`
	Generation string           `json:"gen"`       // of the revocation list, see package revocation
	AuthTime   *jwt.NumericDate `json:"auth_time"` // when the password was last proved (OpenID Connect Core §2)
	KeyID      string           `json:"-"`         // kid of the key that verified the token; nothing when signing
}

// NewClaims says that the principal may act from now on for the time given. The id (jti) must be unique.
func NewClaims(p principal.Principal, id, generation string, now time.Time, ttl time.Duration) Claims {
	return Claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Subject: p.Subject, ID: id, IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(ttl)),
		},
		UID: p.UID, Role: p.Role, SessionID: p.SessionID, Generation: generation,
		AuthTime: jwt.NewNumericDate(p.AuthTime),
	}
}

// Validate checks what is Gatehouse's own; the library has checked exp and nbf before.
func (c *Claims) Validate() error {
	switch {
	case c.Issuer != Issuer:
		return jwt.ErrTokenInvalidIssuer
	case !slices.Contains(c.Audience, Audience):
		return jwt.ErrTokenInvalidAudience
	case c.ExpiresAt == nil || c.IssuedAt == nil || c.AuthTime == nil:
		return jwt.ErrTokenRequiredClaimMissing
	case time.Until(c.IssuedAt.Time) > Leeway:
		return jwt.ErrTokenUsedBeforeIssued
	case c.Subject == "" || c.UID == "" || c.Role == "" || c.SessionID == "" || c.ID == "" || c.Generation == "":
		return jwt.ErrTokenRequiredClaimMissing
	}
	return nil
}

// Principal is the caller that the claims name.
func (c *Claims) Principal() principal.Principal {
	return principal.Principal{
		Subject: c.Subject, UID: c.UID, Role: c.Role, SessionID: c.SessionID, AuthTime: c.AuthTime.Time,
	}
}

// Verify gives the claims of a good token, or an error that wraps ErrInvalid. It fails with the keys' own error when the
// keys cannot be had: that is no statement about the token.
func Verify(raw string, keys Keys) (*Claims, error) {
	if raw == "" || len(raw) > MaxLength {
		return nil, ErrInvalid
	}
	claims := new(Claims)
	if _, err := jwt.ParseWithClaims(raw, claims, KeyFunc(keys)); err != nil {
		if errors.Is(err, ErrNoKeys) {
			return nil, err
		}
		return nil, errors.Join(ErrInvalid, err)
	}
	return claims, nil
}

// KeyFunc chooses the one key that may verify a token, by its header, and notes in the claims which one that was.
func KeyFunc(keys Keys) jwt.Keyfunc {
	return func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		_, critical := t.Header["crit"]
		if len(t.Raw) > MaxLength || !canonical(t.Raw) {
			return nil, jwt.ErrTokenMalformed
		}
		if t.Method.Alg() != jwt.SigningMethodEdDSA.Alg() || t.Header["typ"] != Type || kid == "" || critical {
			return nil, jwt.ErrTokenUnverifiable
		}
		key, err := keys.Key(kid)
		if err != nil {
			return nil, err
		}
		if claims, ours := t.Claims.(*Claims); ours {
			claims.KeyID = kid
		}
		return key, nil
	}
}

// Signer signs with one private key.
type Signer struct {
	kid string
	key ed25519.PrivateKey
}

// NewSigner signs with the key, under the thumbprint of its public half.
func NewSigner(key ed25519.PrivateKey) *Signer {
	return &Signer{kid: Thumbprint(key.Public().(ed25519.PublicKey)), key: key}
}

// KeyID is the kid of the key.
func (s *Signer) KeyID() string { return s.kid }

// Sign makes the compact form of a token, with the constant claims filled in.
func (s *Signer) Sign(c Claims) (string, error) {
	c.Issuer, c.Audience = Issuer, jwt.ClaimStrings{Audience}
	return s.sign(&c, Type)
}
