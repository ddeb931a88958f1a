package password

import (
	"strings"
	"testing"

	"gatehouse/internal/fault"
)

func TestCheckTakesWhatCanBeVerified(t *testing.T) {
	h, _ := newHasher(t)
	own, err := h.Hash(t.Context(), toby)
	if err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{own, werkzeugPBKDF2, werkzeugDefault, werkzeugScrypt, unixBcrypt} {
		if err := Check(hash); err != nil {
			t.Errorf("%.20s: %v", hash, err)
		}
	}
}

func TestCheckSaysWhyNot(t *testing.T) {
	for hash, want := range map[string]string{
		"":                                 "none of",
		"5f4dcc3b5aa765d61d8327deb882cf99": "none of",
		"pbkdf2:sha1:1000$salt$" + strings.Repeat("ab", 20):                  "none of",
		strings.Replace(werkzeugPBKDF2, "260000", "2000000001", 1):           "rounds: parameters out of bounds",
		strings.Replace(werkzeugScrypt, ":8:1", ":1024:1", 1):                " r: parameters out of bounds",
		strings.Replace(unixBcrypt, "$05$", "$31$", 1):                       " cost: parameters out of bounds",
		"$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHQ$" + "AAAAAAAAAAAAAAAA": " m: parameters out of bounds",
		"pbkdf2:sha256:1000$sa\x00lt$" + strings.Repeat("ab", 32):            "characters",
		"pbkdf2:sha256:1000$sält$" + strings.Repeat("ab", 32):                "characters",
	} {
		err := Check(hash)
		if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(fault.From(err).Message, "Password hash ") ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%.30q: %v; want %s", hash, err, want)
		}
		if len(hash) > 8 && strings.Contains(err.Error(), hash[len(hash)-8:]) {
			t.Errorf("%.30q is in its refusal", hash)
		}
	}
}
