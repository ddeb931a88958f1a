// Package assertion keeps at hand what tells upstreams who calls them. auth-service signs it, because the gateway holds no
// key that could: it is asked once in twenty seconds for each access token and upstream, and never twice at a time.
//
// An assertion says nothing of whether the caller may still call: the gateway looks at that on every request.
package assertion

import (
	"context"
	"crypto/sha256"
	"time"

	"golang.org/x/sync/singleflight"

	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/internal/token"
)

// KeepFor is how long an assertion is handed out; what remains of its life is for the way to the upstream.
const KeepFor = token.AssertionTTL - 10*time.Second

// The limits of the calls to auth-service.
const (
	callTimeout = 2 * time.Second
	maxCalls    = 64 // at a time; others wait for as long as a call may take
)

// Token is a good access token and its digest.
type Token struct {
	Raw    []byte
	Digest [sha256.Size]byte
}

// Source gives assertions.
type Source struct {
	issuer authapi.Assertions
	now    func() time.Time
	cache  cache
	flight singleflight.Group
	calls  chan struct{} // one for each call that is under way
}

// NewSource takes assertions from the issuer.
func NewSource(issuer authapi.Assertions, now func() time.Time) *Source {
	return &Source{issuer: issuer, now: now, cache: newCache(), calls: make(chan struct{}, maxCalls)}
}

// For gives an assertion that tells the audience whose token it is. Its errors are faults: Unauthenticated when auth-service
// refuses the token, Unavailable when it cannot be asked. The request's id is taken from the context, and no deadline.
func (s *Source) For(ctx context.Context, t Token, audience string) (string, error) {
	if found := s.cache.find(&t.Digest, audience, s.now()); found != "" {
		return found, nil
	}
	raw := string(t.Raw) // the request's memory is used again
	made, err, _ := s.flight.Do(string(t.Digest[:])+audience, func() (any, error) {
		return s.ask(ctx, raw, t.Digest, audience)
	})
	if err != nil {
		return "", err
	}
	return made.(string), nil
}

// ask has auth-service make an assertion. Its life is counted from before the call.
func (s *Source) ask(ctx context.Context, raw string, digest [sha256.Size]byte, audience string) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	select {
	case s.calls <- struct{}{}:
		defer func() { <-s.calls }()
	case <-ctx.Done():
		return "", fault.Down("auth-service", ctx.Err())
	}
	now := s.now()
	made, err := s.issuer.Assert(ctx, raw, audience)
	if err != nil {
		return "", err
	}
	s.cache.keep(&kept{digest, audience, made, now.Add(KeepFor).UnixNano()}, now)
	return made, nil
}
