package token_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/token"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// named is a key that signs from the time on, and its kid.
func named(t testing.TB, notBefore time.Time) (token.SigningKey, string) {
	t.Helper()
	key, _, kid := newKey(t)
	return token.SigningKey{Key: key, NotBefore: notBefore}, kid
}

// kids are the names of what a ring publishes.
func kids(r token.KeyRing) []string {
	var all []string
	for _, key := range r.Public() {
		all = append(all, token.Thumbprint(key))
	}
	return all
}

// signs is the kid of the key that signs at the time.
func signs(r token.KeyRing, now time.Time) string { return r.Signer(now).KeyID() }

func TestEachKeySignsUntilTheNext(t *testing.T) {
	always, alwaysKid := named(t, time.Time{})
	second, secondKid := named(t, noon)
	third, thirdKid := named(t, noon.Add(time.Hour))
	for name, r := range map[string]token.KeyRing{
		"made of keys": token.NewKeyRing(second, third, always),
		"grown":        token.NewKeyRing(third).With(always).With(second),
	} {
		for after, want := range map[time.Duration]string{
			-time.Nanosecond: alwaysKid, 0: secondKid, time.Hour - 1: secondKid, time.Hour: thirdKid, 1000 * time.Hour: thirdKid,
		} {
			if got := signs(r, noon.Add(after)); got != want {
				t.Errorf("%s, %v after noon: %s signs; want %s", name, after, got, want)
			}
		}
	}
	early := token.NewKeyRing(third, second)
	if got := signs(early, noon.Add(-time.Hour)); got != secondKid {
		t.Errorf("while none has come %s signs; want the oldest, %s", got, secondKid)
	}
}

func TestAKeyRetiresOnceItsSuccessorHasSignedForTheTime(t *testing.T) {
	first, firstKid := named(t, time.Time{})
	second, secondKid := named(t, noon)
	third, thirdKid := named(t, noon.Add(time.Minute))
	r := token.NewKeyRing(first, second, third)
	for after, want := range map[time.Duration][]string{
		-1000 * time.Hour:       {thirdKid, secondKid, firstKid}, // published before they sign
		time.Hour - 1:           {thirdKid, secondKid, firstKid},
		time.Hour:               {thirdKid, secondKid},
		time.Hour + time.Minute: {thirdKid},
		1000 * time.Hour:        {thirdKid},
	} {
		if got := kids(r.Retire(noon.Add(after), time.Hour)); !slices.Equal(got, want) {
			t.Errorf("%v after noon: %v; want %v", after, got, want)
		}
	}
	if !slices.Equal(kids(r), []string{thirdKid, secondKid, firstKid}) {
		t.Error("the ring itself has lost a key")
	}
}

// Files from before keys had a time: the first block signs, and nothing says since when.
func TestKeysWithoutATimeRetireNobody(t *testing.T) {
	one, oneKid := named(t, time.Time{})
	two, twoKid := named(t, time.Time{})
	r := reread(t, token.NewKeyRing(one, two))
	if got := kids(r.Retire(noon, time.Hour)); !slices.Equal(got, []string{oneKid, twoKid}) || signs(r, noon) != oneKid {
		t.Errorf("%v are published, %s signs; want both, and %s", got, signs(r, noon), oneKid)
	}
	next, nextKid := named(t, noon)
	if got := kids(reread(t, r.With(next)).Retire(noon.Add(time.Hour), time.Hour)); !slices.Equal(got, []string{nextKid}) {
		t.Errorf("%v are published; want %s alone", got, nextKid)
	}
}

func reread(t *testing.T, r token.KeyRing) token.KeyRing {
	t.Helper()
	file, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := token.ParseKeyRing([]byte("a remark\n" + strings.ReplaceAll(string(file), "-----BEGIN", "another\n-----BEGIN")))
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestKeyRingRoundTrip(t *testing.T) {
	one, oneKid := named(t, time.Time{})
	two, twoKid := named(t, noon.Add(500*time.Millisecond).In(time.FixedZone("east", 3600)))
	r := reread(t, token.NewKeyRing(one, two))
	if got := kids(r); !slices.Equal(got, []string{twoKid, oneKid}) {
		t.Errorf("%v came back; want %v", got, []string{twoKid, oneKid})
	}
	if signs(r, noon.Add(-1)) != oneKid || signs(r, noon) != twoKid {
		t.Error("the time did not come back, in whole seconds")
	}
}

// ringFile is a file of one good key.
func ringFile(t *testing.T) string {
	t.Helper()
	key, _ := named(t, noon)
	file, err := token.NewKeyRing(key).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}

func TestBadRingsAreErrors(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	block := func(der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	good, other := ringFile(t), ringFile(t)
	for name, file := range map[string]string{
		"nothing":                  "",
		"no PEM":                   "c2VjcmV0",
		"a block cut short":        good[:len(good)/2],
		"the next block cut short": good + other[:len(other)/2],
		"the next block begun":     good + other[:30],
		"a block of nonsense":      block([]byte("nonsense-in-the-block")),
		"another kind of key":      block(der),
		"a bad one after good":     good + block([]byte("nonsense-in-the-block")),
		"a time that is none":      strings.Replace(good, "2026-11-24T12:00:00Z", "nonsense-in-the-block", 1),
		"a time without a zone":    strings.Replace(good, "12:00:00Z", "12:00:00", 1),
	} {
		_, err := token.ParseKeyRing([]byte(file))
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if text := err.Error(); text == "" || strings.Contains(text, "nonsense-in-the-block") {
			t.Errorf("%s: %q must name what is wrong and not show it", name, text)
		}
	}
}

// A file that is only half written never passes for one that somebody took keys out of, wherever the cut is, but for one
// between two blocks.
func TestNoCutPassesForAWholeRing(t *testing.T) {
	one, two := ringFile(t), ringFile(t)
	for cut := range len(one) + len(two) {
		r, err := token.ParseKeyRing([]byte((one + two)[:cut]))
		betweenBlocks := cut >= len(one)-1 && cut < len(one)+len("-----BEGIN ")
		if whole := err == nil && len(r.Public()) > 0; whole && !betweenBlocks && cut < len(one)+len(two)-1 {
			t.Errorf("cut after %d bytes of %d and %d it is a ring of %d", cut, len(one), len(two), len(r.Public()))
		}
	}
}
