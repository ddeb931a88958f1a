package session_test

import (
	"strings"
	"testing"

	"gatehouse/auth-service/internal/session"
)

var tokens = session.NewRefreshTokens(key)

func TestRefreshTokenRoundTrip(t *testing.T) {
	for _, counter := range []uint64{0, 1, 42, 1<<64 - 1} {
		raw := tokens.Make("ABC", counter)
		if sid, n, ok := tokens.Open(raw); !ok || sid != "ABC" || n != counter {
			t.Errorf("%s opens to %q, %d, %v", raw, sid, n, ok)
		}
		if raw != tokens.Make("ABC", counter) {
			t.Error("the same counter gives two tokens")
		}
	}
}

func TestForgedRefreshTokens(t *testing.T) {
	good := tokens.Make("ABC", 7)
	mac := good[strings.LastIndexByte(good, '.')+1:]
	for name, raw := range map[string]string{
		"empty": "", "no dots": "ABC", "only dots": "..", "without mac": "ABC.7.", "mac alone": "." + mac,
		"another counter": "ABC.8." + mac, "another session": "ABD.7." + mac, "a zero before": "ABC.07." + mac,
		"cut short": good[:len(good)-1], "one more": good + "A", "padded": good + "=",
		"with a line break":      good[:len(good)-5] + "\n" + good[len(good)-5:],
		"of another key":         session.NewRefreshTokens([]byte("another key of thirty-two bytes!")).Make("ABC", 7),
		"upper and lower case":   strings.ToLower(good),
		"another last character": good[:len(good)-1] + string(good[len(good)-1]+1),
	} {
		if sid, counter, ok := tokens.Open(raw); ok {
			t.Errorf("%s: %q opens to %q, %d", name, raw, sid, counter)
		}
	}
}

func FuzzOpen(f *testing.F) {
	good := tokens.Make("ABC", 7)
	for _, seed := range []string{"", ".", "..", "ABC.7.", good, good + ".", "." + good, good[1:], "\x00.\xff." + good} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		// Nobody can make one without the key, so that whatever opens is, byte for byte, one that we made.
		if sid, counter, ok := tokens.Open(raw); ok && raw != tokens.Make(sid, counter) {
			t.Errorf("%q opens to %q, %d", raw, sid, counter)
		}
	})
}
