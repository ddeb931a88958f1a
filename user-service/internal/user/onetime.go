package user

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"gatehouse/internal/userapi"
)

// How long a link is good: as long as a mail that was just asked for is waited for, or as long as a person may need who
// got it from somebody else.
const (
	mailedFor = 15 * time.Minute
	handedFor = 72 * time.Hour
)

// The sizes of what makes a link, in random bytes.
const (
	linkIDBytes     = 16
	linkSecretBytes = 32
	linkCodeBytes   = 5 // 8 characters: 40 bits, which the throttle of attempts makes enough
)

// crockford is the alphabet of codes, without what is easily taken for something else: I, L, O, and U.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// alike is how letters that are no part of the alphabet are meant.
var alike = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// Link is a one-time link as it is told, once: the token for its address, and what may be typed instead.
type Link struct {
	Token     string
	Code      string
	ExpiresAt time.Time
}

// KeptLink is what is kept of a link: nothing by which it could be used.
type KeptLink struct {
	ID         string
	Subject    int64
	Kind       string // userapi.LinkReset, LinkInvitation or LinkVerification
	Email      string // where it is mailed to; empty when somebody hands it out
	SecretHash []byte
	CodeHash   []byte
	CreatedAt  time.Time
	ExpiresAt  time.Time
}

// newLink makes a link for the subject.
func (s *Service) newLink(subject int64, kind, email string, life time.Duration) (Link, KeptLink, error) {
	random := make([]byte, linkIDBytes+linkSecretBytes+linkCodeBytes)
	if _, err := io.ReadFull(s.Random, random); err != nil {
		return Link{}, KeptLink{}, fmt.Errorf("one-time link: %w", err)
	}
	secret := random[linkIDBytes : linkIDBytes+linkSecretBytes]
	id := base64.RawURLEncoding.EncodeToString(random[:linkIDBytes])
	code := crockford.EncodeToString(random[linkIDBytes+linkSecretBytes:])
	kept := KeptLink{
		ID: id, Subject: subject, Kind: kind, Email: email, SecretHash: secretHash(secret), CodeHash: codeHash(id, code),
		CreatedAt: s.Now(), ExpiresAt: s.Now().Add(life),
	}
	token := id + "." + base64.RawURLEncoding.EncodeToString(secret)
	return Link{Token: token, Code: code, ExpiresAt: kept.ExpiresAt}, kept, nil
}

func secretHash(secret []byte) []byte {
	digest := sha256.Sum256(secret)
	return digest[:]
}

// codeHash is bound to the link, so that the digests of two links can never be compared.
func codeHash(id, code string) []byte { return secretHash([]byte(id + "." + code)) }

// opens reports whether the secret is that of the link, in a time that tells nothing.
func (l KeptLink) opens(secret []byte) bool {
	return subtle.ConstantTimeCompare(l.SecretHash, secretHash(secret)) == 1
}

// opensBy reports whether the code is that of the link.
func (l KeptLink) opensBy(code string) bool {
	return subtle.ConstantTimeCompare(l.CodeHash, codeHash(l.ID, code)) == 1
}

// suits reports whether the address that a link was mailed to is still the user's.
func (l KeptLink) suits(u User) bool {
	if l.Kind == userapi.LinkVerification {
		return l.Email == u.Email || l.Email == u.Pending
	}
	return l.Email == "" || l.Email == u.Email
}

// holds is nil while the link suits the user, and ErrNotFound then.
func (l KeptLink) holds(u User) error {
	if !l.suits(u) {
		return ErrNotFound
	}
	return nil
}

// readToken takes a token apart. Each has one form only.
func readToken(token string) (id string, secret []byte, ok bool) {
	id, text, _ := strings.Cut(token, ".")
	raw, idErr := base64.RawURLEncoding.Strict().DecodeString(id)
	secret, err := base64.RawURLEncoding.Strict().DecodeString(text)
	// The decoder passes over line breaks, which no token of ours has.
	if idErr != nil || err != nil || strings.ContainsAny(token, "\r\n") {
		return "", nil, false
	}
	return id, secret, len(raw) == linkIDBytes && len(secret) == linkSecretBytes
}

// readCode gives a code in the one form in which its digest was made of it: people type it in any case, with spaces or
// hyphens, and take letters for digits.
func readCode(typed string) (code string, ok bool) {
	code = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return r
	}, typed)
	code = alike.Replace(strings.ToUpper(code))
	_, err := crockford.DecodeString(code)
	return code, err == nil && len(code) == crockford.EncodedLen(linkCodeBytes)
}
