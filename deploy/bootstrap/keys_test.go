package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/env"
	"gatehouse/internal/token"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// do runs a command and gives the ring that auth-service reads after it.
func do(t *testing.T, c *config, command string, now time.Time) token.KeyRing {
	t.Helper()
	before := bootstrap(t, c)
	if err := run(c, []string{command}, now); err != nil {
		t.Fatal(err)
	}
	after := written(t, c.Dir)
	if after["auth/signing_key"] != after["originals/signing_key"] {
		t.Errorf("%s: auth-service has other keys than the originals", command)
	}
	for path, content := range after {
		if filepath.Base(path) != "signing_key" && content != before[path] {
			t.Errorf("%s has changed %s", command, path)
		}
	}
	return ringOf(t, after)
}

func ringOf(t *testing.T, files map[string]string) token.KeyRing {
	t.Helper()
	ring, err := token.ParseKeyRing([]byte(files["auth/signing_key"]))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// kids are those of all keys, the newest first.
func kids(r token.KeyRing) []string {
	var all []string
	for _, key := range r.Public() {
		all = append(all, token.Thumbprint(key))
	}
	return all
}

func TestRotateKeysAddsOneThatSignsAfterTheLead(t *testing.T) {
	c := newConfig(t)
	first := kids(ringOf(t, bootstrap(t, c)))
	ring := do(t, c, "rotate-keys", noon.Add(time.Millisecond))
	if all := kids(ring); len(all) != 2 || all[1] != first[0] {
		t.Fatalf("the keys are %v; want one before %v", all, first)
	}
	for after, want := range map[time.Duration]string{
		0: first[0], 90 * time.Second: first[0], 91*time.Second - 1: first[0], 91 * time.Second: kids(ring)[0],
	} {
		if got := ring.Signer(noon.Add(after)).KeyID(); got != want {
			t.Errorf("%v after noon %s signs; want %s", after, got, want)
		}
	}
	if again := ringOf(t, bootstrap(t, c)); !slices.Equal(kids(again), kids(ring)) {
		t.Error("the next start lays out other keys")
	}
}

// A key stays until no token of it can be left, whatever the tokens' life: a day, and an hour more.
func TestRotateKeysLeavesOutWhatNobodyNeeds(t *testing.T) {
	c := newConfig(t)
	first := kids(ringOf(t, bootstrap(t, c)))[0]
	second := kids(do(t, c, "rotate-keys", noon))[0]
	third := kids(do(t, c, "rotate-keys", noon.Add(90*time.Second+25*time.Hour-time.Second)))
	if len(third) != 3 || third[2] != first {
		t.Errorf("a second before the time the keys are %v; want %s still there", third, first)
	}
	fourth := kids(do(t, c, "rotate-keys", noon.Add(90*time.Second+25*time.Hour)))
	if len(fourth) != 3 || fourth[2] != second || fourth[1] != third[0] {
		t.Errorf("then they are %v; want %s gone", fourth, first)
	}
}

func TestRotateKeysHasAnEnd(t *testing.T) {
	c := newConfig(t)
	ring := ringOf(t, bootstrap(t, c))
	for range maxKeys - 2 {
		key, err := newSigningKey(noon)
		if err != nil {
			t.Fatal(err)
		}
		ring = ring.With(key)
	}
	if err := (store{dir: filepath.Join(c.Dir, "originals")}).write(c, ring); err != nil {
		t.Fatal(err)
	}
	if got := kids(do(t, c, "rotate-keys", noon)); len(got) != maxKeys {
		t.Fatalf("%d keys; want %d", len(got), maxKeys)
	}
	if err := run(c, []string{"rotate-keys"}, noon); err == nil {
		t.Error("there is no end")
	}
	if got := kids(do(t, c, "rotate-keys", noon.Add(27*time.Hour))); len(got) != 2 {
		t.Errorf("a day later there are %d keys; want 2", len(got))
	}
}

func TestDropKeysReplacesAll(t *testing.T) {
	c := newConfig(t)
	before := kids(do(t, c, "rotate-keys", noon))
	ring := do(t, c, "drop-keys", noon.Add(time.Minute))
	if all := kids(ring); len(all) != 1 || slices.Contains(before, all[0]) {
		t.Errorf("the keys are %v; want a fresh one alone", all)
	}
	next := do(t, c, "rotate-keys", noon.Add(2*time.Minute))
	if got := next.Signer(noon.Add(2 * time.Minute)).KeyID(); got != kids(ring)[0] {
		t.Errorf("%s signs; want the fresh one", got)
	}
}

// A file that nobody can read is no reason to go on with what is in it.
func TestABadFileOfKeys(t *testing.T) {
	c := newConfig(t)
	bootstrap(t, c)
	path := filepath.Join(c.Dir, "originals", signingKey)
	os.Remove(path)
	if err := run(c, []string{"rotate-keys"}, noon); err == nil {
		t.Error("there is nothing to rotate")
	}
	if err := os.WriteFile(path, []byte("nonsense-in-the-file"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := run(c, []string{"rotate-keys"}, noon)
	if err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "nonsense-in-the-file") {
		t.Errorf("%v; want one that names the file and does not show it", err)
	}
	if err := run(c, []string{"drop-keys"}, noon); err != nil {
		t.Error(err)
	}
	if got := kids(ringOf(t, written(t, c.Dir))); len(got) != 1 {
		t.Errorf("%d keys after the drop", len(got))
	}
}

func TestTheLeadHasBounds(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "15s": "", "24h": "",
		"14s": "KEY_LEAD: from 15s to 24h0m0s", "0s": "KEY_LEAD: ", "-90s": "KEY_LEAD: ", "25h": "KEY_LEAD: ", "90": "KEY_LEAD: ",
	} {
		err := env.LoadFrom(new(config), []string{"KEY_LEAD=" + value})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v; want %q", value, err, want)
		}
	}
}
