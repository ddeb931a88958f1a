package password

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const toby = "123Toby!"

// Made by other programs from toby: python3's hashlib in werkzeug's form, and crypt(3) of libxcrypt.
const (
	werkzeugPBKDF2  = "pbkdf2:sha256:260000$XzQ9v0pLmK$92c5cff02d860d60511549399d251ba3e593c6aceef1e257ad6f4799d13bf811"
	werkzeugDefault = "pbkdf2:sha256$XzQ9v0pLmK$2794595d89c5a99cc1cff5e54dccfd82bb41e60b3068f17047f441f33c91ab77"
	werkzeugScrypt  = "scrypt:32768:8:1$Ab3dEf6hIj9lMn2p$af4a2572bc874535c385e5925da32d9499795fb04874f313a6f1accb5b74d55e" +
		"7dd9134ca784e74679219a94c1c642262f59020a5473653ccbf7a555f9d35be8"
	unixBcrypt = "$2b$05$abcdefghijklmnopqrstuuJbrxblvO26fYK7M1WdHZmAcYCi6741u"
)

func newHasher(t *testing.T) (*Hasher, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	h, err := New(NewQueue(1, 10, MaxWait), rand.Reader, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return h, &log
}

func verify(t *testing.T, h *Hasher, hash, password string) (fits, stale bool) {
	t.Helper()
	fits, stale, err := h.Verify(context.Background(), hash, password)
	if err != nil {
		t.Fatal(err)
	}
	return fits, stale
}

func TestHashVerifies(t *testing.T) {
	h, _ := newHasher(t)
	hash, err := h.Hash(context.Background(), toby)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q has other parameters", hash)
	}
	if again, _ := h.Hash(context.Background(), toby); again == hash {
		t.Error("two hashes have one salt")
	}
	if fits, stale := verify(t, h, hash, toby); !fits || stale {
		t.Errorf("fits %t, stale %t", fits, stale)
	}
	for _, wrong := range []string{"", "123toby!", toby + " ", toby + "\x00"} {
		if fits, _ := verify(t, h, hash, wrong); fits {
			t.Errorf("%q fits", wrong)
		}
	}
}

func TestForeignHashesVerify(t *testing.T) {
	h, _ := newHasher(t)
	for _, hash := range []string{werkzeugPBKDF2, werkzeugDefault, werkzeugScrypt, unixBcrypt} {
		if fits, stale := verify(t, h, hash, toby); !fits || !stale {
			t.Errorf("%s: fits %t, stale %t", hash, fits, stale)
		}
		if fits, _ := verify(t, h, hash, "123Toby?"); fits {
			t.Errorf("%s: a wrong password fits", hash)
		}
	}
}

func TestBcryptLooksAtSeventyTwoBytes(t *testing.T) {
	h, _ := newHasher(t)
	if fits, _ := verify(t, h, unixBcrypt, strings.Repeat("x", MaxLength)); fits {
		t.Error("a long wrong password fits")
	}
}

func TestOtherParametersAreStale(t *testing.T) {
	h, _ := newHasher(t)
	// Of toby, under salt "saltsaltsaltsalt", with m=8192 t=1 and a tag of 32 bytes.
	hash := "$argon2id$v=19$m=8192,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	if fits, stale := verify(t, h, hash, toby); fits || !stale {
		t.Errorf("fits %t, stale %t", fits, stale)
	}
}

func TestNobodyFits(t *testing.T) {
	h, log := newHasher(t)
	for _, password := range []string{"", toby} {
		if fits, _ := verify(t, h, "", password); fits {
			t.Errorf("%q fits the empty hash", password)
		}
	}
	if log.Len() > 0 {
		t.Errorf("logged: %s", log)
	}
	if d, err := parse(h.dummy); err != nil || !d.current() {
		t.Errorf("the dummy hash has not today's parameters: %v", err)
	}
}

func TestUnusableHashesCostTheDummyAndFitNothing(t *testing.T) {
	const key64 = "ab"
	long := strings.Repeat(key64, 64)
	for _, hash := range []string{
		"plain", "$argon2id$", "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA", "$2b$05$short",
		"$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=19456,t=4294967295,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=19456,t=2,p=255$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=19456,t=0,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$",
		"pbkdf2:sha256:2000000000$salt$" + long[:64], "pbkdf2:sha256:-1$salt$" + long[:64], "pbkdf2:sha256:1e3$salt$" + long[:64],
		"pbkdf2:sha256:1000$salt$" + long, "pbkdf2:sha256:1000$$" + long[:64], "pbkdf2:sha256:1000$salt",
		"pbkdf2:sha256x1000$salt$" + long[:64],
		"scrypt:1073741824:8:1$salt$" + long, "scrypt:32768:1024:1$salt$" + long, "scrypt:32768:8:4096$salt$" + long,
		"scrypt:131072:16:1$salt$" + long, "scrypt:32767:8:1$salt$" + long, "scrypt:1:8:1$salt$" + long, "scrypt:32768:8$salt$" + long,
		"$2b$31$abcdefghijklmnopqrstuuJbrxblvO26fYK7M1WdHZmAcYCi6741u",
		strings.Repeat("x", maxEncoded+1),
	} {
		if d, err := parse(hash); err == nil {
			t.Errorf("%.60s was parsed to %+v", hash, d)
		}
	}
	h, log := newHasher(t)
	if fits, _ := verify(t, h, "pbkdf2:sha256:2000000000$salt$"+long[:64], toby); fits {
		t.Error("a bomb fits")
	}
	if !strings.Contains(log.String(), "out of bounds") || strings.Contains(log.String(), "abab") {
		t.Errorf("logged: %s", log)
	}
}

func TestParseNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hash := []byte(rapid.SampledFrom([]string{werkzeugPBKDF2, werkzeugScrypt, unixBcrypt,
			"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}).Draw(t, "hash"))
		for range rapid.IntRange(0, 4).Draw(t, "edits") {
			hash[rapid.IntRange(0, len(hash)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		cut := rapid.IntRange(0, len(hash)).Draw(t, "cut")
		if d, err := parse(string(hash[:cut])); (d == nil) != (err != nil) {
			t.Fatalf("digest %v, error %v", d, err)
		}
	})
}
