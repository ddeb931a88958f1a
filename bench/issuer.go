package main

import (
	"crypto/ed25519"
	"net"
	"net/http"
	"time"

	"gatehouse/internal/principal"
	"gatehouse/internal/token"
)

// issuer signs tokens as auth-service does, and publishes the key.
type issuer struct {
	signer *token.Signer
	jwks   []byte
	addr   string
}

func newIssuer() (*issuer, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	i := &issuer{signer: token.NewSigner(private)}
	if i.jwks, err = token.MarshalJWKS([]ed25519.PublicKey{public}); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	i.addr = ln.Addr().String()
	go http.Serve(ln, i) // until the program ends
	return i, nil
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != token.KeySetPath {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(i.jwks)
}

// The sessions that tokens are made for.
const (
	goodSession    = "WVRN3GQ6JXJ4K7ZC5T2M8HBYPA"
	revokedSession = "QK4Z7N2YB6T9CWXJ5RMGD3HVPA"
)

// tokens are one that is good and two that a guard must refuse.
type tokens struct{ good, expired, revoked string }

// sessionTTL is longer than any run.
const sessionTTL = 12 * time.Hour

// tokens signs the three. A token carries the generation of the revocation list.
func (i *issuer) tokens(generation string) (tokens, error) {
	return threeTokens(func(sid string, issued time.Time, ttl time.Duration) (string, error) {
		return i.signer.Sign(token.NewClaims(whoever(sid, issued), "t-"+sid, generation, issued, ttl))
	})
}

func whoever(sid string, now time.Time) principal.Principal {
	return principal.Principal{Subject: "7", UID: "ada", Role: principal.RoleUser, SessionID: sid, AuthTime: now}
}

func threeTokens(sign func(sid string, issued time.Time, ttl time.Duration) (string, error)) (t tokens, err error) {
	now := time.Now()
	if t.good, err = sign(goodSession, now, sessionTTL); err != nil {
		return t, err
	}
	if t.revoked, err = sign(revokedSession, now, sessionTTL); err != nil {
		return t, err
	}
	t.expired, err = sign(goodSession, now.Add(-2*time.Hour), time.Hour)
	return t, err
}
