package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/internal/token"
)

// startHAProxyGuard starts an HAProxy that verifies tokens of the algorithm. HAProxy knows no EdDSA.
func (r *run) startHAProxyGuard(ctx context.Context, method jwt.SigningMethod) (peer, tokens, error) {
	signing, verifying, err := r.haproxyKey(method)
	if err != nil {
		return peer{}, tokens{}, err
	}
	revoked := filepath.Join(r.dir, "haproxy-revoked.map")
	if err := os.WriteFile(revoked, []byte(revokedSession+" 1\n"), 0o644); err != nil {
		return peer{}, tokens{}, err
	}
	t, err := threeTokens(func(sid string, issued time.Time, ttl time.Duration) (string, error) {
		return jwt.NewWithClaims(method, haproxyClaims(sid, issued, ttl)).SignedString(signing)
	})
	if err != nil {
		return peer{}, tokens{}, err
	}
	p, err := r.startHAProxy(ctx, "haproxy-"+method.Alg(), "haproxy-jwt.cfg",
		setting{Upstream: r.around.upstream, Alg: method.Alg(), Key: verifying, Revoked: revoked})
	return p, t, err
}

// haproxyKey makes a key to sign with, and what HAProxy needs to verify: the secret itself, or the file of the public key.
func (r *run) haproxyKey(method jwt.SigningMethod) (signing any, verifying string, err error) {
	if method == jwt.SigningMethodHS256 {
		secret := rand.Text() + rand.Text()
		return []byte(secret), secret, nil
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, "", err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, "", err
	}
	file := filepath.Join(r.dir, "haproxy-public.pem")
	return key, file, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o644)
}

// haproxyClaims are the claims of Gatehouse's own tokens, with times in whole seconds, which HAProxy reads as numbers.
func haproxyClaims(sid string, issued time.Time, ttl time.Duration) jwt.MapClaims {
	p := whoever(sid, issued)
	return jwt.MapClaims{
		"iss": token.Issuer, "aud": token.Audience, "sub": p.Subject, "uid": p.UID, "role": p.Role, "sid": sid, "jti": "t-" + sid,
		"iat": issued.Unix(), "exp": issued.Add(ttl).Unix(), "auth_time": issued.Unix(), "gen": "5T2M8HBYPAWVRN3GQ6JXJ4K7ZC",
	}
}
