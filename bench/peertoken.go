package main

import (
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

// peerKey is what signs the tokens of a peer, and the file by which the peer verifies them: of the secret itself, or of
// the public key.
type peerKey struct {
	method jwt.SigningMethod
	signs  any
	file   string
}

func (r *run) newSecret() (peerKey, error) {
	secret := []byte(rand.Text() + rand.Text())
	k := peerKey{jwt.SigningMethodHS256, secret, filepath.Join(r.dir, "peers-secret")}
	return k, os.WriteFile(k.file, secret, 0o600)
}

func (r *run) newRSAKey() (peerKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return peerKey{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return peerKey{}, err
	}
	k := peerKey{jwt.SigningMethodRS256, key, filepath.Join(r.dir, "peers-public.pem")}
	return k, os.WriteFile(k.file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o644)
}

func (k peerKey) tokens() (tokens, error) {
	return threeTokens(func(sid string, issued time.Time, ttl time.Duration) (string, error) {
		return jwt.NewWithClaims(k.method, peerClaims(sid, issued, ttl)).SignedString(k.signs)
	})
}

// peerClaims are the claims of Gatehouse's own tokens, with times in whole seconds, which HAProxy reads as numbers.
func peerClaims(sid string, issued time.Time, ttl time.Duration) jwt.MapClaims {
	p := whoever(sid, issued)
	return jwt.MapClaims{
		"iss": token.Issuer, "aud": token.Audience, "sub": p.Subject, "uid": p.UID, "role": p.Role, "sid": sid, "jti": "t-" + sid,
		"iat": issued.Unix(), "exp": issued.Add(ttl).Unix(), "auth_time": issued.Unix(), "gen": "5T2M8HBYPAWVRN3GQ6JXJ4K7ZC",
	}
}
