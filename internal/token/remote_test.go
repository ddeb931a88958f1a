package token_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/internal/token"
)

// publisher is an issuer that publishes a key set, may fail, and counts who asks.
type publisher struct {
	mu     sync.Mutex
	answer string
	status int
	asked  atomic.Int32
}

func (p *publisher) publish(t *testing.T, keys ...ed25519.PublicKey) {
	t.Helper()
	data, err := token.MarshalJWKS(keys)
	if err != nil {
		t.Fatal(err)
	}
	p.set(http.StatusOK, string(data))
}

func (p *publisher) set(status int, answer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status, p.answer = status, answer
}

func (p *publisher) current() (int, string) {
	p.asked.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status, p.answer
}

func (p *publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != token.KeySetPath {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	status, answer := p.current()
	w.WriteHeader(status)
	io.WriteString(w, answer)
}

// RoundTrip answers without a network, for tests whose time is not real.
func (p *publisher) RoundTrip(*http.Request) (*http.Response, error) {
	status, answer := p.current()
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(answer)), Header: http.Header{}}, nil
}

// clock is a time that stands still until it is told to go on.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time        { return time.UnixMilli(1_800_000_000_000 + c.ms.Load()) }
func (c *clock) goOn(by time.Duration) { c.ms.Add(by.Milliseconds()) }

func follow(t *testing.T, p *publisher) (*token.RemoteKeys, *clock) {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	issuer, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := new(clock)
	return token.NewRemoteKeys(issuer, server.Client(), c.now), c
}

func TestNothingIsKnownBeforeTheFirstFetch(t *testing.T) {
	_, key, kid := newKey(t)
	p := new(publisher)
	p.publish(t, key)
	remote, _ := follow(t, p)
	if _, err := remote.Key(kid); !errors.Is(err, token.ErrNoKeys) {
		t.Errorf("before a fetch: %v; want ErrNoKeys", err)
	}
	if err := remote.Ready(); !errors.Is(err, token.ErrNoKeys) {
		t.Errorf("Ready before a fetch: %v; want ErrNoKeys", err)
	}
	if err := remote.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := remote.Key(kid); err != nil || !got.Equal(key) {
		t.Errorf("after a fetch: %x, %v", got, err)
	}
	if err := remote.Ready(); err != nil {
		t.Errorf("Ready after a fetch: %v", err)
	}
}

// askAll asks for a kid from many goroutines at once and gives how many found it.
func askAll(remote *token.RemoteKeys, kid string) int32 {
	var found atomic.Int32
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if _, err := remote.Key(kid); err == nil {
				found.Add(1)
			}
		})
	}
	group.Wait()
	return found.Load()
}

func TestUnknownKidsCauseOneFetchInTenSeconds(t *testing.T) {
	_, key, _ := newKey(t)
	_, next, nextKid := newKey(t)
	p := new(publisher)
	p.publish(t, key)
	remote, clock := follow(t, p)
	if err := remote.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after   time.Duration
		fetches int32
	}{{0, 2}, {0, 2}, {9999 * time.Millisecond, 2}, {time.Millisecond, 3}, {time.Second, 3}} {
		clock.goOn(step.after)
		if found := askAll(remote, "made-up"); found != 0 || p.asked.Load() != step.fetches {
			t.Errorf("after %v: %d found it, %d fetches; want none and %d", step.after, found, p.asked.Load(), step.fetches)
		}
	}
	p.publish(t, key, next)
	clock.goOn(10 * time.Second)
	if found := askAll(remote, nextKid); found != 50 || p.asked.Load() != 4 {
		t.Errorf("a new key: %d of 50 found it with %d fetches; want all with one more", found, p.asked.Load())
	}
}

func TestFailedFetchKeepsTheLastSet(t *testing.T) {
	_, key, kid := newKey(t)
	p := new(publisher)
	p.publish(t, key)
	remote, clock := follow(t, p)
	if err := remote.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"an error page":  {http.StatusInternalServerError, `{"keys":[]}`},
		"nonsense":       {http.StatusOK, "<html>"},
		"an empty set":   {http.StatusOK, `{"keys":[]}`},
		"an endless set": {http.StatusOK, `{"keys":[` + strings.Repeat(" ", 1<<17) + `]}`},
	} {
		p.set(answer.status, answer.body)
		if err := remote.Fetch(t.Context()); err == nil {
			t.Errorf("%s: no error", name)
		}
		clock.goOn(10 * time.Second)
		if _, err := remote.Key("made-up"); !errors.Is(err, token.ErrUnknownKey) {
			t.Errorf("%s: unknown kid: %v; want ErrUnknownKey", name, err)
		}
		if got, err := remote.Key(kid); err != nil || !got.Equal(key) {
			t.Errorf("%s: the last set is lost: %v", name, err)
		}
	}
}

// The set is followed in time that is not real: fetched at once, each second while nothing is known, else every five.
func TestRunFollowsTheSet(t *testing.T) {
	_, key, kid := newKey(t)
	_, next, nextKid := newKey(t)
	synctest.Test(t, func(t *testing.T) {
		p := new(publisher)
		p.set(http.StatusServiceUnavailable, "")
		remote := token.NewRemoteKeys(&url.URL{Scheme: "http", Host: "auth"}, &http.Client{Transport: p}, time.Now)
		var failures atomic.Int32
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			remote.Run(ctx, func(error) { failures.Add(1) })
		}()
		time.Sleep(2500 * time.Millisecond)
		if p.asked.Load() != 3 || failures.Load() != 3 {
			t.Errorf("while the issuer is down: %d fetches, %d failures; want 3 each", p.asked.Load(), failures.Load())
		}
		p.publish(t, key)
		time.Sleep(time.Second)
		if _, err := remote.Key(kid); err != nil {
			t.Errorf("a second after the issuer is back: %v", err)
		}
		p.publish(t, next)
		time.Sleep(token.RefreshEvery)
		if _, err := remote.Key(nextKid); err != nil {
			t.Errorf("five seconds after a change: %v", err)
		}
		if _, err := remote.Key(kid); !errors.Is(err, token.ErrUnknownKey) {
			t.Errorf("a key that was withdrawn: %v; want ErrUnknownKey", err)
		}
		stop()
		<-done
	})
}

// slowIssuer answers a little before verifiers give up; the answer is what was published when it was asked.
type slowIssuer struct {
	publisher
	failures atomic.Int32 // to come
}

func (i *slowIssuer) RoundTrip(*http.Request) (*http.Response, error) {
	status, answer := i.current()
	if i.failures.Add(-1) >= 0 {
		status = http.StatusBadGateway
	}
	time.Sleep(1990 * time.Millisecond)
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(answer)), Header: http.Header{}}, nil
}

// Somebody sends made-up kids from just before the new key is published, so that the one fetch in ten seconds is used up
// and brings an old answer; the issuer is slow, and the next fetch fails. The new key is known in time all the same,
// whenever that was.
func TestMadeUpKidsDoNotDelayANewKey(t *testing.T) {
	_, key, _ := newKey(t)
	_, next, nextKid := newKey(t)
	for phase := time.Duration(0); phase < 12*time.Second; phase += 250 * time.Millisecond {
		synctest.Test(t, func(t *testing.T) {
			issuer := new(slowIssuer)
			issuer.publish(t, key)
			remote := token.NewRemoteKeys(&url.URL{Scheme: "http", Host: "auth"}, &http.Client{Transport: issuer}, time.Now)
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				remote.Run(ctx, func(error) {})
			}()
			time.AfterFunc(20*time.Second+phase, func() {
				issuer.publish(t, key, next)
				issuer.failures.Store(1)
			})
			known := time.Now().Add(20*time.Second + phase + copiedFrom)
			time.Sleep(20*time.Second + phase - time.Millisecond)
			for time.Until(known) > copiedFrom-9*time.Second {
				remote.Key("made-up")
				time.Sleep(100 * time.Millisecond)
			}
			time.Sleep(time.Until(known))
			if _, err := remote.Key(nextKid); err != nil || time.Now().After(known) {
				t.Errorf("phase %v: %v, %v late", phase, err, time.Since(known))
			}
			stop()
			<-done
		})
	}
}

// fickleIssuer answers the first call last.
type fickleIssuer struct{ publisher }

func (i *fickleIssuer) RoundTrip(*http.Request) (*http.Response, error) {
	_, answer := i.current()
	if i.asked.Load() == 1 {
		time.Sleep(time.Second)
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(answer)), Header: http.Header{}}, nil
}

func TestAnOldAnswerDoesNotHideANewKey(t *testing.T) {
	_, key, _ := newKey(t)
	_, next, nextKid := newKey(t)
	synctest.Test(t, func(t *testing.T) {
		issuer := new(fickleIssuer)
		issuer.publish(t, key)
		remote := token.NewRemoteKeys(&url.URL{Scheme: "http", Host: "auth"}, &http.Client{Transport: issuer}, time.Now)
		fetch := func() {
			if err := remote.Fetch(t.Context()); err != nil {
				t.Error(err)
			}
		}
		go fetch()
		synctest.Wait()
		issuer.publish(t, key, next)
		fetch()
		time.Sleep(2 * time.Second)
		if _, err := remote.Key(nextKid); err != nil || issuer.asked.Load() != 2 {
			t.Errorf("%v, after %d fetches; want it known after two", err, issuer.asked.Load())
		}
	})
}
