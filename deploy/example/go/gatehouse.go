// Package grades is a service behind Gatehouse's gateway. This file says who calls, by what the gateway sends along; it
// needs github.com/golang-jwt/jwt/v5 and can be copied as it is.
package grades

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	keep   = time.Minute     // for so long a key counts that was taken back
	retry  = 5 * time.Second // between two looks at the key set, whatever keys are asked for
	leeway = 5 * time.Second // that clocks may differ
)

// ErrUnavailable means that the keys cannot be had at the moment: answer 503. Any other error: 401.
var ErrUnavailable = errors.New("no keys")

// Caller is who calls.
type Caller struct {
	jwt.RegisteredClaims
	UID     string `json:"uid"`
	Role    string `json:"role"`
	Session string `json:"sid"`
}

// Validate is asked by the library once everything else is good.
func (c *Caller) Validate() error {
	if c.Subject == "" || c.UID == "" || c.Role == "" || c.Session == "" || c.ID == "" || c.IssuedAt == nil {
		return jwt.ErrTokenRequiredClaimMissing
	}
	return nil
}

// Gatehouse verifies what the gateway sends, with the public keys at JWKS.
type Gatehouse struct {
	JWKS     string // a URL
	Audience string // what the route calls this service

	mu             sync.Mutex
	keys           map[string]ed25519.PublicKey
	fetched, tried time.Time
}

// Assertion gives the caller that an X-Gatehouse-Assertion names to us.
func (g *Gatehouse) Assertion(raw string) (*Caller, error) {
	return g.verify(raw, "assertion+jwt", g.Audience)
}

// AccessToken gives the caller that the access token in an Authorization header names.
func (g *Gatehouse) AccessToken(authorization string) (*Caller, error) {
	scheme, raw, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil, jwt.ErrTokenMalformed
	}
	return g.verify(raw, "at+jwt", "gatehouse")
}

func (g *Gatehouse) verify(raw, kind, audience string) (*Caller, error) {
	caller := new(Caller)
	_, err := jwt.ParseWithClaims(raw, caller, func(t *jwt.Token) (any, error) {
		if _, critical := t.Header["crit"]; critical || t.Header["typ"] != kind {
			return nil, fmt.Errorf("another kind of token: %v", t.Header["typ"])
		}
		kid, _ := t.Header["kid"].(string)
		return g.key(kid)
	}, jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithIssuer("gatehouse"), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(leeway))
	if err != nil {
		return nil, err
	}
	return caller, nil
}

func (g *Gatehouse) key(kid string) (ed25519.PublicKey, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if (g.keys[kid] == nil || now.Sub(g.fetched) >= keep) && now.Sub(g.tried) >= retry {
		g.tried = now
		if keys, err := fetch(g.JWKS); err == nil { // else the keys that there are stay for a while
			g.keys, g.fetched = keys, now
		}
	}
	if now.Sub(g.fetched) >= 10*keep {
		return nil, ErrUnavailable
	}
	if g.keys[kid] == nil {
		return nil, errors.New("unknown key")
	}
	return g.keys[kid], nil
}

func fetch(url string) (map[string]ed25519.PublicKey, error) {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	var set struct {
		Keys []struct{ Kid, Crv, X string }
	}
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		return nil, err
	}
	keys := make(map[string]ed25519.PublicKey)
	for _, k := range set.Keys {
		if x, err := base64.RawURLEncoding.DecodeString(k.X); err == nil && k.Crv == "Ed25519" && len(x) == ed25519.PublicKeySize {
			keys[k.Kid] = x
		}
	}
	return keys, nil
}
