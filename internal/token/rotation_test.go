package token_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gatehouse/internal/token"
)

// How late the parts of Gatehouse may be: a replica of the issuer sees the file, clocks differ, and a verifier has a copy
// of what was published.
const (
	seenAfter  = 2 * time.Second
	clocks     = time.Second
	copiedFrom = token.MinLead - seenAfter - clocks
)

// history is the file of the signing keys through time. It begins at noon.
type history []write

// write is what the file was from a time on, and which key came with it.
type write struct {
	at        time.Time
	ring      token.KeyRing
	kid       string
	notBefore time.Time
}

// drawHistory rotates some of the keys in, as `bootstrap rotate-keys` does.
func drawHistory(t *rapid.T, keys []token.SigningKey) history {
	first := keys[0]
	first.NotBefore = rapid.SampledFrom([]time.Time{{}, noon}).Draw(t, "first")
	h := history{{noon, token.NewKeyRing(first), kidOf(first), first.NotBefore}}
	for _, next := range keys[1:rapid.IntRange(1, len(keys)).Draw(t, "keys")] {
		last := h[len(h)-1]
		at := last.at.Add(rapid.SampledFrom([]time.Duration{
			0, time.Second, token.MinLead, time.Minute, time.Hour, 25 * time.Hour, 100 * time.Hour,
		}).Draw(t, "later"))
		next.NotBefore = at.Add(rapid.SampledFrom([]time.Duration{token.MinLead, time.Hour}).Draw(t, "lead"))
		h = append(h, write{at, last.ring.Retire(at, token.MaxTTL+time.Hour).With(next), kidOf(next), next.NotBefore})
	}
	return h
}

func kidOf(k token.SigningKey) string { return token.NewSigner(k.Key).KeyID() }

// at is the ring that a replica has which sees the file with a delay.
func (h history) at(now time.Time, delay time.Duration) token.KeyRing {
	ring := h[0].ring
	for _, w := range h {
		if !w.at.Add(delay).After(now) {
			ring = w.ring
		}
	}
	return ring
}

// drawMoment is a time near one at which another key signs, where mistakes would be.
func (h history) drawMoment(t *rapid.T) time.Time {
	ms := rapid.OneOf(rapid.SampledFrom([]int{-1000, -1, 0, 1000}), rapid.IntRange(-20_000, 20_000)).Draw(t, "ms")
	return sinceNoon(rapid.SampledFrom(h).Draw(t, "event").notBefore.Add(time.Duration(ms) * time.Millisecond))
}

func sinceNoon(moment time.Time) time.Time {
	if moment.Before(noon) {
		return noon
	}
	return moment
}

// due is the kid of the key whose time came last, of those that the ring has; the first, while no time has come.
func (h history) due(ring token.KeyRing, now time.Time) string {
	last := h[0]
	for _, w := range h[1:] {
		if slices.Contains(kids(ring), w.kid) && !w.notBefore.After(now) && !w.notBefore.Before(last.notBefore) {
			last = w
		}
	}
	return last.kid
}

// overdue is a key of the ring that another has replaced for more than the time given, or empty.
func (h history) overdue(ring token.KeyRing, now time.Time, after time.Duration) string {
	for _, old := range h {
		for _, w := range h {
			replaced := w.notBefore.After(old.notBefore) && w.notBefore.Add(after).Before(now)
			if replaced && slices.Contains(kids(ring), old.kid) {
				return old.kid
			}
		}
	}
	return ""
}

// Through any rotations: one key signs at a time, the one whose time came last; every token that has not expired meets
// its key in whatever copy a verifier has; and no key is published for longer than it is needed.
func TestRotationsRefuseNobody(t *testing.T) {
	var keys []token.SigningKey
	for range 7 {
		key, _ := named(t, time.Time{})
		keys = append(keys, key)
	}
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, keys)
		ttl := rapid.SampledFrom([]time.Duration{token.MinTTL, time.Minute, time.Hour, token.MaxTTL}).Draw(t, "ttl")
		for range 20 {
			h.checkToken(t, ttl)
		}
	})
}

// checkToken lets a replica sign a token, and a verifier meet it with a copy of what another replica published.
func (h history) checkToken(t *rapid.T, ttl time.Duration) {
	upTo := func(most time.Duration, what string) time.Duration {
		return rapid.SampledFrom([]time.Duration{0, most / 2, most}).Draw(t, what)
	}
	clock := func(now time.Time) time.Time { return now.Add(upTo(2*clocks, "clock") - clocks) }
	signed := h.drawMoment(t)
	signedBy, ring := clock(signed), h.at(signed, upTo(seenAfter, "seen by the signer"))
	kid := signs(ring, signedBy)
	if want := h.due(ring, signedBy); kid != want {
		t.Fatalf("%s signs at %v; want %s", kid, signedBy, want)
	}
	copied := sinceNoon(signed.Add(upTo(ttl, "age")).Add(-upTo(copiedFrom, "copied")))
	overlap := ttl + 2*time.Minute
	published := h.at(copied, upTo(seenAfter, "seen by the publisher")).Retire(clock(copied), overlap)
	if !slices.Contains(kids(published), kid) {
		t.Fatalf("signed by %s at %v, met a copy of %v with %v", kid, signed, copied, kids(published))
	}
	if gone := h.overdue(published, copied, overlap+seenAfter+clocks); gone != "" {
		t.Fatalf("%s is still published at %v", gone, copied)
	}
}
