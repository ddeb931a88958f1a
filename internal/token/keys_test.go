package token_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
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

func TestPrivateKeysRoundTrip(t *testing.T) {
	var file []byte
	var want []ed25519.PrivateKey
	for range 2 {
		key, _, _ := newKey(t)
		block, err := token.MarshalPrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		file, want = append(append(file, "a remark between the blocks\n"...), block...), append(want, key)
	}
	got, err := token.ParsePrivateKeys(file)
	if err != nil || len(got) != 2 || !got[0].Equal(want[0]) || !got[1].Equal(want[1]) {
		t.Errorf("%d keys, %v; want the 2 in their order", len(got), err)
	}
}

func TestBadPrivateKeysAreErrors(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	key, _, _ := newKey(t)
	good, err := token.MarshalPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	block := func(der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	for name, file := range map[string]string{
		"nothing":              "",
		"no PEM":               "c2VjcmV0",
		"a block cut short":    string(good[:len(good)/2]),
		"a block of nonsense":  block([]byte("nonsense-in-the-block")),
		"another kind of key":  block(der),
		"a bad one after good": string(good) + block([]byte("nonsense-in-the-block")),
	} {
		keys, err := token.ParsePrivateKeys([]byte(file))
		if err == nil || keys != nil {
			t.Errorf("%s: %d keys, %v; want an error", name, len(keys), err)
			continue
		}
		if text := err.Error(); text == "" || strings.Contains(text, "nonsense-in-the-block") {
			t.Errorf("%s: %q must name what is wrong and not show it", name, text)
		}
	}
}
