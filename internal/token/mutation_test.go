package token_test

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"gatehouse/internal/token"
)

// FuzzMutatedToken cuts a piece out of a good token and puts another one in its place. There is one way to write a token:
// whatever differs from it is refused, at both doors.
func FuzzMutatedToken(f *testing.F) {
	private, public, kid := newKey(f)
	keys := token.NewKeySet([]ed25519.PublicKey{public})
	good := goodDraft(kid).signed(private)
	for _, seed := range []struct {
		at, length uint16
		with       string
	}{
		{0, 0, ""}, {0, 0, " "}, {0, 0, "\n"}, {10, 0, "\r\n"}, {uint16(len(good) - 1), 1, "B"}, {uint16(len(good)), 0, "="},
		{uint16(len(good)), 0, "."}, {1, 1, "+"}, {0, 4096, good + good}, {200, 3, "AAA"}, {0, 1, "\x00"},
	} {
		f.Add(seed.at, seed.length, seed.with)
	}
	f.Fuzz(func(t *testing.T, at, length uint16, with string) {
		from := min(int(at), len(good))
		to := min(from+int(length), len(good))
		raw := good[:from] + with + good[to:]
		for door, verify := range doors {
			switch _, err := verify(raw, keys); {
			case raw == good && err != nil:
				t.Errorf("%s: the token itself is refused: %v", door, err)
			case raw != good && !errors.Is(err, token.ErrInvalid):
				t.Errorf("%s: %q is accepted in the place of %q: %v", door, raw, good, err)
			}
		}
	})
}

// The last letter of a part has bits that mean nothing (RFC 4648 §3.5), and line breaks inside mean nothing to Go.
func TestATokenCannotBeWrittenInTwoWays(t *testing.T) {
	private, public, kid := newKey(t)
	keys := token.NewKeySet([]ed25519.PublicKey{public})
	good := goodDraft(kid).signed(private)
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	others := []string{good + "\n", "\r" + good, good[:20] + "\n" + good[20:]}
	for end, b := range good + "." {
		if b != '.' {
			continue
		}
		for _, letter := range letters {
			others = append(others, good[:end-1]+string(letter)+good[end:])
		}
	}
	for door, verify := range doors {
		for _, raw := range others {
			if _, err := verify(raw, keys); (err == nil) != (raw == good) {
				t.Fatalf("%s: %q in the place of %q: %v", door, raw, good, err)
			}
		}
	}
}
