package user

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"gatehouse/internal/userapi"
)

// drawn is a service whose links are made of the given bytes.
func drawn(random []byte) *Service {
	return &Service{Random: bytes.NewReader(random), Now: func() time.Time { return time.Unix(1e9, 0) }}
}

func links(t *rapid.T) (Link, KeptLink) {
	random := rapid.SliceOfN(rapid.Byte(), 53, 53).Draw(t, "random")
	link, kept, err := drawn(random).newLink(7, userapi.LinkReset, "", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return link, kept
}

var codeForm = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{8}$`)

func TestWhatIsToldOpensTheLink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		link, kept := links(t)
		id, secret, ok := readToken(link.Token)
		if !ok || id != kept.ID || !kept.opens(secret) {
			t.Fatalf("token %s opens %t", link.Token, ok)
		}
		if code, ok := readCode(link.Code); !ok || code != link.Code || !codeForm.MatchString(code) || !kept.opensBy(code) {
			t.Fatalf("code %s, read as %s", link.Code, code)
		}
		if kept.Subject != 7 || !kept.ExpiresAt.Equal(kept.CreatedAt.Add(time.Minute)) || !link.ExpiresAt.Equal(kept.ExpiresAt) {
			t.Fatalf("%+v", kept)
		}
	})
}

func TestWhatIsKeptTellsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		link, kept := links(t)
		_, other := links(t)
		_, secret, _ := readToken(link.Token)
		if bytes.Equal(kept.SecretHash, secret) || len(kept.SecretHash) != 32 || len(kept.CodeHash) != 32 {
			t.Fatal("the secret is kept")
		}
		if kept.ID != other.ID && (other.opens(secret) && !bytes.Equal(kept.SecretHash, other.SecretHash) || other.opensBy(link.Code)) {
			t.Fatal("one link opens another")
		}
		if kept.opens(kept.SecretHash) || kept.opensBy(string(kept.CodeHash)) || kept.opens(nil) || kept.opensBy("") {
			t.Fatal("a digest opens the link")
		}
	})
}

// TestCodesAreReadAsPeopleTypeThem: any case, letters for digits, spaces and hyphens.
func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		link, kept := links(t)
		var typed strings.Builder
		for _, r := range link.Code {
			typed.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "-", "\u2011", "\u2013", "\u00a0", "\t"}).Draw(t, "between"))
			switch forms := map[rune]string{'0': "0Oo", '1': "1IiLl"}[r]; {
			case forms != "":
				typed.WriteByte(forms[rapid.IntRange(0, len(forms)-1).Draw(t, "form")])
			case rapid.Bool().Draw(t, "lower"):
				typed.WriteString(strings.ToLower(string(r)))
			default:
				typed.WriteRune(r)
			}
		}
		if code, ok := readCode(typed.String()); !ok || !kept.opensBy(code) {
			t.Fatalf("%q of %s is read as %q, %t", typed.String(), link.Code, code, ok)
		}
	})
}

func TestWhatIsNoTokenOrCode(t *testing.T) {
	id := base64.RawURLEncoding.EncodeToString(make([]byte, 16))
	secret := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	if _, _, ok := readToken(id + "." + secret); !ok {
		t.Fatal("not even a good one")
	}
	for _, token := range []string{
		"", ".", id, id + ".", "." + secret, id + secret, id + "." + secret + ".", id + "." + secret + "=", id + "." + secret + "\n",
		id + "\n." + secret, " " + id + "." + secret, id[1:] + "." + secret, id + "A." + secret, id + "." + secret[1:],
		id[:21] + "B." + secret, id + "." + secret[:42] + "B", id + "." + strings.Replace(secret, "A", "+", 1),
		id + "." + strings.Replace(secret, "A", "é", 1),
	} {
		if _, _, ok := readToken(token); ok {
			t.Errorf("%q is a token", token)
		}
	}
	for _, code := range []string{"", "-", "0000000", "000000000", "0000000U", "0000000!", "0000000é", "00000000=", "\x00\x00\x00\x00\x00\x00\x00\x00"} {
		if _, ok := readCode(code); ok {
			t.Errorf("%q is a code", code)
		}
	}
}

func TestNoLinkWithoutRandomness(t *testing.T) {
	s := drawn(nil)
	if _, _, err := s.newLink(7, userapi.LinkReset, "", time.Minute); err == nil {
		t.Error("a link of nothing")
	}
	s.Random = iotest.OneByteReader(bytes.NewReader(make([]byte, 53))) // a short read is no short secret
	if link, _, err := s.newLink(7, userapi.LinkReset, "", time.Minute); err != nil || len(link.Token) != 66 {
		t.Errorf("%+v, %v", link, err)
	}
}

func FuzzReadToken(f *testing.F) {
	f.Add("AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("A.A\n")
	f.Fuzz(func(t *testing.T, token string) {
		id, secret, ok := readToken(token)
		if ok && id+"."+base64.RawURLEncoding.EncodeToString(secret) != token {
			t.Errorf("%q has two forms", token)
		}
	})
}

func FuzzReadCode(f *testing.F) {
	f.Add("abcd-efgh")
	f.Add("ilo0 1ILO")
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := readCode(typed)
		if again, _ := readCode(code); ok && (!codeForm.MatchString(code) || again != code) {
			t.Errorf("%q is read as %q", typed, code)
		}
	})
}
