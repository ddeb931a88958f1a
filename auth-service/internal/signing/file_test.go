package signing_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/auth-service/internal/signing"
	"gatehouse/internal/token"
)

const accessTTL = time.Hour

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// list is a revocation list that fails while it is told to, and notes what was signing when a key was put on it.
type list struct {
	err   error
	until map[string]time.Time
	keys  *signing.Keys
	first []string // kids that were published at the first entry
}

func (l *list) Key(ctx context.Context, kid string, until time.Time) error {
	if _, bounded := ctx.Deadline(); !bounded {
		return errors.New("it may take for ever")
	}
	if l.first == nil {
		l.first = published(l.keys)
	}
	if l.err == nil {
		l.until[kid] = until
	}
	return l.err
}

// followed is a file that is followed for its keys, in a time of the test's own.
type followed struct {
	*testing.T
	keys *signing.Keys
	file *signing.File
	list *list
	path string
	now  time.Time
	log  bytes.Buffer
}

func follow(t *testing.T, keys ...token.SigningKey) *followed {
	t.Helper()
	f := &followed{T: t, path: filepath.Join(t.TempDir(), "signing_key"), now: noon}
	ring := token.NewKeyRing(keys...)
	content := f.write(ring)
	f.keys = signing.New(ring, accessTTL, func() time.Time { return f.now })
	f.list = &list{until: map[string]time.Time{}, keys: f.keys}
	f.file = signing.NewFile(f.keys, f.path, strings.TrimRight(content, "\n"), f.list, slog.New(slog.NewTextHandler(&f.log, nil)))
	return f
}

// put writes the file as an editor does, in place.
func (f *followed) put(content string) {
	f.Helper()
	if err := os.WriteFile(f.path, []byte(content), 0o600); err != nil {
		f.Fatal(err)
	}
}

func (f *followed) write(ring token.KeyRing) string {
	f.Helper()
	data, err := ring.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.put(string(data))
	return string(data)
}

func (f *followed) look(times int) {
	for range times {
		f.file.Look(f.Context())
	}
}

func published(k *signing.Keys) []string {
	data, err := k.JWKS()
	if err != nil {
		return []string{err.Error()}
	}
	set, err := token.ParseJWKS(data)
	if err != nil {
		return []string{err.Error()}
	}
	return slices.Sorted(maps.Keys(set))
}

// publishes checks which keys are published, and that no other verifies.
func (f *followed) publishes(kids ...string) {
	f.Helper()
	if got := published(f.keys); !slices.Equal(got, slices.Sorted(slices.Values(kids))) {
		f.Errorf("%v are published; want %v", got, kids)
	}
	for _, kid := range kids {
		if _, err := f.keys.Key(kid); err != nil {
			f.Errorf("%s: %v", kid, err)
		}
	}
	if _, err := f.keys.Key("another"); !errors.Is(err, token.ErrUnknownKey) {
		f.Errorf("another: %v; want ErrUnknownKey", err)
	}
}

// refuses checks which keys are on the list.
func (f *followed) refuses(kids ...string) {
	f.Helper()
	if got := slices.Sorted(maps.Keys(f.list.until)); !slices.Equal(got, slices.Sorted(slices.Values(kids))) {
		f.Errorf("%v are on the list; want %v", got, kids)
	}
}

func newKey(t *testing.T, notBefore time.Time) (token.SigningKey, string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return token.SigningKey{Key: private, NotBefore: notBefore}, token.Thumbprint(public)
}

func TestAChangeIsUsedOnceTwoLooksAgree(t *testing.T) {
	old, oldKid := newKey(t, time.Time{})
	next, nextKid := newKey(t, noon.Add(time.Minute))
	f := follow(t, old)
	f.look(3)
	f.publishes(oldKid)
	f.write(token.NewKeyRing(old, next))
	f.look(1)
	f.publishes(oldKid)
	f.look(1)
	f.publishes(oldKid, nextKid)
	f.refuses()
	if strings.Count(f.log.String(), "changed") != 1 {
		t.Errorf("the log: %s", f.log.String())
	}
}

// Between two blocks a half-written file looks like one that a key was taken out of.
func TestAHalfWrittenFileDropsNothing(t *testing.T) {
	old, oldKid := newKey(t, time.Time{})
	next, nextKid := newKey(t, noon.Add(time.Minute))
	f := follow(t, old)
	whole := f.write(token.NewKeyRing(old, next))
	first, second, _ := strings.Cut(whole, "-----END PRIVATE KEY-----\n")
	for _, part := range []string{"", first[:20], first, first + "-----END PRIVATE KEY-----\n", first + "-----END PRIVATE KEY-----\n" + second[:40]} {
		f.put(part)
		f.look(1)
	}
	f.put(whole)
	f.look(2)
	f.publishes(oldKid, nextKid)
	f.refuses()
}

func TestABadFileIsReportedOnceAndTheOldKeysStay(t *testing.T) {
	key, kid := newKey(t, time.Time{})
	f := follow(t, key)
	good := f.write(token.NewKeyRing(key))
	for name, spoil := range map[string]func(){
		"nonsense":  func() { f.put("nonsense") },
		"empty":     func() { f.put("") },
		"cut short": func() { f.put(good[:len(good)-40]) },
		"gone":      func() { os.Remove(f.path) },
	} {
		f.log.Reset()
		spoil()
		f.look(6)
		if strings.Count(f.log.String(), "refused") != 1 || strings.Contains(f.log.String(), good[60:90]) {
			t.Errorf("%s: the log: %s", name, f.log.String())
		}
		f.publishes(kid)
		f.put(good)
		f.look(2)
	}
	f.publishes(kid)
	f.refuses()
}

// A list that waits for its gateways must not have tokens made meanwhile that nobody takes.
func TestDroppedKeysSignNoMoreBeforeTheyAreRefused(t *testing.T) {
	retired, _ := newKey(t, noon.Add(-3*time.Hour))
	old, oldKid := newKey(t, noon.Add(-2*time.Hour))
	signs, signsKid := newKey(t, noon.Add(-time.Minute))
	next, nextKid := newKey(t, noon.Add(time.Minute))
	fresh, freshKid := newKey(t, noon)
	f := follow(t, retired, old, signs, next)
	f.write(token.NewKeyRing(fresh))
	f.look(2)
	f.publishes(freshKid)
	f.refuses(oldKid, signsKid, nextKid) // not the one that had retired
	if !slices.Equal(f.list.first, []string{freshKid}) {
		t.Errorf("at the first entry %v were published; want the fresh one, %s", f.list.first, freshKid)
	}
	for kid, until := range f.list.until {
		if until.Before(noon.Add(24 * time.Hour)) {
			t.Errorf("%s is refused until %v only", kid, until)
		}
	}
}

// A leaked key is used no more, whether or not the list can be reached; and it gets there when that is possible again.
func TestAListThatCannotBeReached(t *testing.T) {
	leaked, leakedKid := newKey(t, time.Time{})
	fresh, freshKid := newKey(t, noon)
	f := follow(t, leaked)
	f.list.err = errors.New("no Redis")
	f.write(token.NewKeyRing(fresh))
	f.look(5)
	f.publishes(freshKid)
	f.refuses()
	f.list.err = nil
	f.look(1)
	f.refuses(leakedKid)
	delete(f.list.until, leakedKid)
	f.look(3)
	f.refuses() // once is enough
}

func TestEachKeySignsInItsTime(t *testing.T) {
	old, oldKid := newKey(t, time.Time{})
	next, nextKid := newKey(t, noon.Add(time.Minute))
	f := follow(t, old, next)
	for _, step := range []struct {
		after     time.Duration
		by        token.SigningKey
		published []string
	}{
		{0, old, []string{oldKid, nextKid}},
		{time.Minute, next, []string{oldKid, nextKid}},
		{time.Minute + accessTTL + 2*time.Minute - 1, next, []string{oldKid, nextKid}},
		{time.Minute + accessTTL + 2*time.Minute, next, []string{nextKid}},
	} {
		f.now = noon.Add(step.after)
		raw, err := f.keys.Sign(token.Claims{})
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := token.NewSigner(step.by.Key).Sign(token.Claims{}); raw != want {
			t.Errorf("after %v another key signs", step.after)
		}
		f.publishes(step.published...)
	}
	if _, err := f.keys.Key(oldKid); !errors.Is(err, token.ErrUnknownKey) {
		t.Errorf("the key that retired: %v; want ErrUnknownKey", err)
	}
}
