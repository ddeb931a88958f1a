package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/internal/redistest"
	"gatehouse/internal/revocation"
	"gatehouse/internal/revocation/revocationtest"
	"gatehouse/internal/token"
)

// lead is how long before it signs a key is in the file, in these tests.
const lead = 90 * time.Second

// keyed is a running service whose signing keys, time and looks at the file are the test's.
type keyed struct {
	*testing.T
	service, file string
	list          *revocation.List
	client        *http.Client // of one person, who is signed in
	ms            atomic.Int64
	ticks         chan time.Time
}

// startKeyed starts the service with the key. Its time is that long ago: who verifies its tokens goes by the real time.
func startKeyed(t *testing.T, ago time.Duration, key token.SigningKey) *keyed {
	t.Helper()
	k := &keyed{T: t, file: filepath.Join(t.TempDir(), "signing_key"), ticks: make(chan time.Time)}
	k.ms.Store(time.Now().Add(-ago).UnixMilli())
	k.write(token.NewKeyRing(key))
	redis := redistest.Start(t)
	revocationtest.Settle(t, redis.Client())
	k.list = revocation.New(redis.Client(), k.now)
	environ := slices.DeleteFunc(environment(t, redis.URL(), newAlice(t).URL), func(pair string) bool {
		return strings.HasPrefix(pair, "SIGNING_KEY=")
	})
	c := load(t, append(environ, "SIGNING_KEY_FILE="+k.file))
	k.service, _, _ = start(t, c, world{now: k.now, ticks: k.ticks})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	k.client = &http.Client{Jar: jar}
	k.want(200, "POST", "/api/authenticate", `{"uid":"alice","password":"right"}`)
	return k
}

func (k *keyed) now() time.Time        { return time.UnixMilli(k.ms.Load()) }
func (k *keyed) goOn(by time.Duration) { k.ms.Add(by.Milliseconds()) }

func (k *keyed) write(ring token.KeyRing) {
	k.Helper()
	data, err := ring.Marshal()
	if err != nil {
		k.Fatal(err)
	}
	if err := os.WriteFile(k.file, data, 0o600); err != nil {
		k.Fatal(err)
	}
}

// look lets the service look at the file twice; the last tick is taken once the looks before are over.
func (k *keyed) look() {
	for range 3 {
		k.ticks <- time.Time{}
	}
}

func (k *keyed) want(want int, method, path, body string) string {
	k.Helper()
	got, answer := status(k.T, k.client, method, k.service+path, body)
	if got != want {
		k.Fatalf("%s %s: %d %s; want %d", method, path, got, answer, want)
	}
	return answer
}

// published are the kids of the key set.
func (k *keyed) published() []string {
	k.Helper()
	set, err := token.ParseJWKS([]byte(k.want(200, "GET", token.KeySetPath, "")))
	if err != nil {
		k.Fatal(err)
	}
	var kids []string
	for kid := range set {
		kids = append(kids, kid)
	}
	return kids
}

// held is the access token of the person, and the kid of its key.
func (k *keyed) held() (raw, kid string) {
	k.Helper()
	u, _ := url.Parse(k.service)
	for _, c := range k.client.Jar.Cookies(u) {
		if c.Name == "jwt" {
			raw = c.Value
		}
	}
	first, _, _ := strings.Cut(raw, ".")
	data, _ := base64.RawURLEncoding.DecodeString(first)
	var header struct{ Kid string }
	if err := json.Unmarshal(data, &header); err != nil {
		k.Fatalf("%q: %v", raw, err)
	}
	return raw, header.Kid
}

// refreshed is the kid of a new access token.
func (k *keyed) refreshed() string {
	k.Helper()
	k.want(204, "POST", "/api/authenticate/refresh", "")
	_, kid := k.held()
	return kid
}

func newSigningKey(t *testing.T, notBefore time.Time) (token.SigningKey, string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return token.SigningKey{Key: private, NotBefore: notBefore}, token.Thumbprint(public)
}

func same(got []string, want ...string) bool {
	return slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want)))
}

// The file is changed under a running service: the new key is published, signs when its time comes, and the old one goes
// when the last of its tokens has expired.
func TestKeysRotateWithoutARestart(t *testing.T) {
	old, oldKid := newSigningKey(t, time.Time{})
	k := startKeyed(t, lead+time.Hour+3*time.Minute, old)
	next, nextKid := newSigningKey(t, k.now().Add(lead).Truncate(time.Second))
	k.write(token.NewKeyRing(old).With(next))
	k.look()
	for _, step := range []struct {
		after     time.Duration
		signs     string
		published []string
	}{
		{0, oldKid, []string{oldKid, nextKid}},
		{lead - 2*time.Second, oldKid, []string{oldKid, nextKid}},
		{2 * time.Second, nextKid, []string{oldKid, nextKid}},
		{time.Hour, nextKid, []string{oldKid, nextKid}},
		{2*time.Minute + time.Second, nextKid, []string{nextKid}},
	} {
		k.goOn(step.after)
		if kid, set := k.refreshed(), k.published(); kid != step.signs || !same(set, step.published...) {
			t.Errorf("after %v more %s signs, %v are published; want %s, %v", step.after, kid, set, step.signs, step.published)
		}
	}
	k.write(token.NewKeyRing(next)) // one that has retired may be taken out
	k.look()
	raw, _ := k.held()
	if claims, err := token.Verify(raw, token.NewKeySet(token.NewKeyRing(old, next).Public())); err != nil {
		t.Error(err)
	} else if claims.KeyID = oldKid; k.revoked(claims) {
		t.Error("the key that retired is on the revocation list")
	}
	k.want(200, "DELETE", "/api/authenticate", "")
}

func (k *keyed) revoked(claims *token.Claims) bool {
	k.Helper()
	revoked, err := k.list.Revoked(k.Context(), revocation.TokenOf(claims))
	if err != nil {
		k.Fatal(err)
	}
	return revoked
}

// Keys that are taken out before they retire have leaked, also one that has never signed: their tokens are refused at once,
// and whoever had one gets another with the refresh token.
func TestDroppedKeysAreRefusedAtOnce(t *testing.T) {
	leaked, leakedKid := newSigningKey(t, time.Time{})
	k := startKeyed(t, time.Minute, leaked)
	next, nextKid := newSigningKey(t, k.now().Add(lead))
	k.write(token.NewKeyRing(leaked, next))
	k.look()
	raw, _ := k.held()
	claims, err := token.Verify(raw, token.NewKeySet(token.NewKeyRing(leaked).Public()))
	if err != nil || k.revoked(claims) {
		t.Fatalf("before: %v, or revoked", err)
	}
	fresh, freshKid := newSigningKey(t, k.now())
	k.write(token.NewKeyRing(fresh))
	k.look()
	for _, kid := range []string{leakedKid, nextKid} {
		if claims.KeyID = kid; !k.revoked(claims) {
			t.Errorf("a token of %s is not refused", kid)
		}
	}
	req, _ := http.NewRequestWithContext(t.Context(), "DELETE", k.service+"/api/authenticate", nil)
	req.Header.Set("Authorization", "Bearer "+raw)
	if resp, err := http.DefaultClient.Do(req); err != nil || resp.StatusCode != 401 {
		t.Errorf("a token of the dropped key alone: %v, %v; want 401", resp, err)
	}
	if kid, set := k.refreshed(), k.published(); kid != freshKid || !same(set, freshKid) {
		t.Errorf("%s signs, %v are published; want %s alone", kid, set, freshKid)
	}
	if claims.KeyID = freshKid; k.revoked(claims) {
		t.Error("the fresh key is refused too")
	}
}
