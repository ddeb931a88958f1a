package assertion_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/gateway/internal/assertion"
	"gatehouse/internal/fault"
	"gatehouse/internal/peer"
)

// issuer is auth-service: each assertion is of another number.
type issuer struct {
	made   atomic.Int64
	at     atomic.Int64 // calls that are under way
	most   atomic.Int64
	err    error
	takes  time.Duration
	lastID atomic.Value
}

func (i *issuer) Assert(ctx context.Context, accessToken, audience string) (string, error) {
	i.most.Store(max(i.most.Load(), i.at.Add(1)))
	defer i.at.Add(-1)
	i.lastID.Store(peer.RequestID(ctx))
	select {
	case <-ctx.Done():
		return "", fault.Down("auth-service", ctx.Err())
	case <-time.After(i.takes):
	}
	if i.err != nil {
		return "", i.err
	}
	return fmt.Sprintf("%s to %s: %d", accessToken, audience, i.made.Add(1)), nil
}

func tokenOf(raw string) assertion.Token {
	return assertion.Token{Raw: []byte(raw), Digest: sha256.Sum256([]byte(raw))}
}

func want(t *testing.T, s *assertion.Source, raw, audience, made string) {
	t.Helper()
	got, err := s.For(t.Context(), tokenOf(raw), audience)
	if err != nil || got != made {
		t.Errorf("%s to %s: %q, %v; want %q", raw, audience, got, err, made)
	}
}

func TestOneCallForEachTokenAndAudienceInTwentySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := new(issuer)
		s := assertion.NewSource(i, time.Now)
		want(t, s, "ada", "a", "ada to a: 1")
		want(t, s, "ada", "a", "ada to a: 1")
		want(t, s, "ada", "b", "ada to b: 2")
		want(t, s, "bob", "a", "bob to a: 3")
		time.Sleep(assertion.KeepFor - 1)
		want(t, s, "ada", "a", "ada to a: 1")
		time.Sleep(time.Nanosecond)
		want(t, s, "ada", "a", "ada to a: 4")
		want(t, s, "ada", "a", "ada to a: 4")
	})
}

// The life of an assertion begins while auth-service works, not when its answer is here.
func TestASlowAnswerIsKeptForLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{takes: time.Second}
		s := assertion.NewSource(i, time.Now)
		want(t, s, "ada", "a", "ada to a: 1")
		time.Sleep(assertion.KeepFor - time.Second)
		want(t, s, "ada", "a", "ada to a: 2")
	})
}

func TestManyAtOnceAreOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{takes: time.Second}
		s := assertion.NewSource(i, time.Now)
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() { want(t, s, "ada", "a", "ada to a: 1") })
		}
		all.Wait()
		if i.made.Load() != 1 {
			t.Errorf("%d calls", i.made.Load())
		}
	})
}

// A client that goes away must not take away the assertion that others wait for.
func TestTheCallOutlivesItsFirstRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{takes: time.Second}
		s := assertion.NewSource(i, time.Now)
		ctx, cancel := context.WithCancel(peer.WithRequestID(t.Context(), "R1"))
		go s.For(ctx, tokenOf("ada"), "a")
		synctest.Wait()
		cancel()
		want(t, s, "ada", "a", "ada to a: 1")
		if i.lastID.Load() != "R1" {
			t.Errorf("the request's id was %v", i.lastID.Load())
		}
	})
}

func TestFailuresAreNotKept(t *testing.T) {
	i := &issuer{err: fault.New(fault.Unauthenticated, "no")}
	s := assertion.NewSource(i, time.Now)
	if _, err := s.For(t.Context(), tokenOf("ada"), "a"); !errors.Is(err, i.err) {
		t.Errorf("%v", err)
	}
	i.err = nil
	want(t, s, "ada", "a", "ada to a: 1")
}

// auth-service that hangs holds every request for two seconds, and never more than 64 connections.
func TestAuthServiceHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{takes: time.Hour}
		s := assertion.NewSource(i, time.Now)
		began := time.Now()
		var all sync.WaitGroup
		for n := range 1000 {
			all.Go(func() {
				if _, err := s.For(t.Context(), tokenOf(fmt.Sprint(n)), "a"); !fault.Is(err, fault.Unavailable) {
					t.Errorf("%v", err)
				}
			})
		}
		all.Wait()
		if took := time.Since(began); took > 2*time.Second || i.most.Load() != 64 {
			t.Errorf("%v, %d calls at a time", took, i.most.Load())
		}
	})
}

// The cache has its size and no more, and whoever falls out is asked for anew.
func TestTheCacheIsBounded(t *testing.T) {
	i := new(issuer)
	s := assertion.NewSource(i, time.Now)
	const many = 30_000
	for n := range many {
		if got, err := s.For(t.Context(), tokenOf(fmt.Sprint(n)), "a"); err != nil || !strings.HasPrefix(got, fmt.Sprint(n)+" to a") {
			t.Fatalf("%d: %q, %v", n, got, err)
		}
	}
	kept := 0
	for n := range many {
		before := i.made.Load()
		if _, err := s.For(t.Context(), tokenOf(fmt.Sprint(many-1-n)), "a"); err == nil && i.made.Load() == before {
			kept++
		}
	}
	if kept == 0 || kept > 8192 {
		t.Errorf("%d are kept", kept)
	}
}

func TestAHitAllocatesNothing(t *testing.T) {
	s := assertion.NewSource(new(issuer), time.Now)
	ada := tokenOf("ada")
	want(t, s, "ada", "a", "ada to a: 1")
	ctx := t.Context()
	if n := testing.AllocsPerRun(1000, func() { s.For(ctx, ada, "a") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Audiences that share a place of the cache never share an assertion.
func TestEachAudienceGetsItsOwn(t *testing.T) {
	s := assertion.NewSource(new(issuer), time.Now)
	for n := range 10_000 {
		audience := fmt.Sprint("a", n)
		if got, err := s.For(t.Context(), tokenOf("ada"), audience); err != nil || !strings.HasPrefix(got, "ada to "+audience+":") {
			t.Fatalf("%s: %q, %v", audience, got, err)
		}
	}
}
