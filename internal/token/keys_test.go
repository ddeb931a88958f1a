package token_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"testing"

	"gatehouse/internal/token"
)

// The key and thumbprint of RFC 8037, appendix A.3.
const (
	rfcKey        = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
	rfcThumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
)

func TestThumbprintIsThatOfRFC8037(t *testing.T) {
	key, err := base64.RawURLEncoding.DecodeString(rfcKey)
	if err != nil {
		t.Fatal(err)
	}
	if got := token.Thumbprint(key); got != rfcThumbprint {
		t.Errorf("thumbprint %s; want %s", got, rfcThumbprint)
	}
}

func TestKeySetRoundTrip(t *testing.T) {
	private, first, firstKid := newKey(t)
	_, second, secondKid := newKey(t)
	data, err := token.MarshalJWKS([]ed25519.PublicKey{first, second})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte(`"d"`)) || bytes.Contains(data, []byte(base64.RawURLEncoding.EncodeToString(private.Seed()))) {
		t.Fatalf("a private key is published: %s", data)
	}
	set, err := token.ParseJWKS(data)
	if err != nil || len(set) != 2 {
		t.Fatalf("%d keys, %v; want 2", len(set), err)
	}
	for kid, want := range map[string]ed25519.PublicKey{firstKid: first, secondKid: second} {
		if got, err := set.Key(kid); err != nil || !got.Equal(want) {
			t.Errorf("key %s: %x, %v", kid, got, err)
		}
	}
	if _, err := set.Key("somebody"); !errors.Is(err, token.ErrUnknownKey) {
		t.Errorf("unknown kid: %v; want ErrUnknownKey", err)
	}
}

func TestForeignKeysAreIgnored(t *testing.T) {
	ours := map[string]any{"kty": "OKP", "crv": "Ed25519", "x": rfcKey}
	for name, foreign := range map[string]map[string]any{
		"RSA":                     {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "r"},
		"another curve":           {"kty": "OKP", "crv": "X25519", "x": base64.RawURLEncoding.EncodeToString(make([]byte, 32))},
		"another key type":        {"kty": "EC", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(make([]byte, 32))},
		"too short":               {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
		"no base64":               {"kty": "OKP", "crv": "Ed25519", "x": "***"},
		"a key for encryption":    {"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(make([]byte, 32)), "use": "enc"},
		"a key of another alg":    {"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(make([]byte, 32)), "alg": "HS256"},
		"a symmetric secret":      {"kty": "oct", "k": "c2VjcmV0"},
		"an object of no meaning": {},
	} {
		data, err := json.Marshal(map[string]any{"keys": []any{foreign, ours}})
		if err != nil {
			t.Fatal(err)
		}
		set, err := token.ParseJWKS(data)
		if _, known := set[rfcThumbprint]; err != nil || !known || len(set) != 1 {
			t.Errorf("%s: %v, %v; want ours alone", name, set, err)
		}
	}
}

// The kid is what the key is, not what the document calls it: nobody can put a key of theirs under the kid of ours.
func TestKidComesFromTheKey(t *testing.T) {
	set, err := token.ParseJWKS([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"stolen","x":"` + rfcKey + `"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := set.Key("stolen"); !errors.Is(err, token.ErrUnknownKey) {
		t.Errorf("the kid of the document counts: %v", err)
	}
	if _, err := set.Key(rfcThumbprint); err != nil {
		t.Error(err)
	}
}

func TestKeySetWithoutUseIsAnError(t *testing.T) {
	for _, data := range []string{"", "{", "[]", "{}", `{"keys":null}`, `{"keys":[]}`, `{"keys":[{"kty":"RSA"}]}`, `{"keys":5}`} {
		if set, err := token.ParseJWKS([]byte(data)); err == nil {
			t.Errorf("%q: %v; want an error", data, set)
		}
	}
}
