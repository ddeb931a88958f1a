package token

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// RefreshEvery is how often a verifier fetches the key set.
const RefreshEvery = 5 * time.Second

// How the issuer's key set is followed.
const (
	retryEvery     = time.Second      // after a fetch that failed
	unknownKeyWait = 10 * time.Second // at least this long between fetches that unknown kids cause
	fetchTimeout   = 2 * time.Second
	maxKeySetBytes = 64 << 10
)

// MinLead is how long before it signs a new key must be in the issuer's file, so that no token ever meets a verifier that
// does not know its key: the issuer has seen the file after 2 s, a verifier asks 5 s after a slow answer and may be
// answered slowly again, one fetch may fail, and a second is left for clocks. No unknown kid is counted on in this.
const MinLead = 2*time.Second + fetchTimeout + RefreshEvery + fetchTimeout + retryEvery + fetchTimeout + time.Second

// KeySetPath is where the issuer publishes its key set.
const KeySetPath = "/.well-known/jwks.json"

// RemoteKeys follows the key set that an issuer publishes. A kid that is not known causes one fetch, at most
// once in ten seconds however many ask, so that made-up kids cannot become a storm. Keys that were published in time need
// no such fetch, so that made-up kids cannot use it up either.
type RemoteKeys struct {
	url    string
	client *http.Client
	now    func() time.Time

	begun     atomic.Uint64 // fetches so far
	keys      atomic.Pointer[fetched]
	unknownMu sync.Mutex
	asked     time.Time // last fetch for an unknown kid; guarded by unknownMu
}

// fetched is a key set and which fetch brought it.
type fetched struct {
	KeySet
	number uint64
}

var _ Keys = (*RemoteKeys)(nil)

// NewRemoteKeys follows the set of the issuer. Nothing is known until Run has fetched it.
func NewRemoteKeys(issuer *url.URL, client *http.Client, now func() time.Time) *RemoteKeys {
	return &RemoteKeys{url: issuer.JoinPath(KeySetPath).String(), client: client, now: now}
}

// Key finds a key. It fails with ErrNoKeys before the first successful fetch.
func (r *RemoteKeys) Key(kid string) (ed25519.PublicKey, error) {
	set := r.keys.Load()
	if set == nil {
		return nil, ErrNoKeys
	}
	key, err := set.Key(kid)
	if errors.Is(err, ErrUnknownKey) && r.fetchForUnknown(set) {
		return r.keys.Load().Key(kid)
	}
	return key, err
}

// fetchForUnknown reports whether there is a newer set than seen to look into.
func (r *RemoteKeys) fetchForUnknown(seen *fetched) bool {
	r.unknownMu.Lock()
	defer r.unknownMu.Unlock()
	if r.keys.Load() != seen {
		return true
	}
	now := r.now()
	if now.Sub(r.asked) < unknownKeyWait {
		return false
	}
	r.asked = now
	return r.Fetch(context.Background()) == nil
}

// Ready is nil once a key set is known.
func (r *RemoteKeys) Ready() error {
	if r.keys.Load() == nil {
		return ErrNoKeys
	}
	return nil
}

// Run fetches the set now and again every five seconds, until the context ends. A failed fetch keeps the last good set.
func (r *RemoteKeys) Run(ctx context.Context, failed func(error)) {
	for {
		wait := RefreshEvery
		if err := r.Fetch(ctx); err != nil && ctx.Err() == nil {
			failed(err)
			wait = retryEvery
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// Fetch replaces the set by what the issuer publishes now.
func (r *RemoteKeys) Fetch(ctx context.Context) error {
	number := r.begun.Add(1)
	set, err := r.ask(ctx)
	if err != nil {
		return err
	}
	r.keep(&fetched{set, number})
	return nil
}

// keep puts the set in the place of the present one, unless a fetch that began later was faster: made-up kids cause
// fetches too, and an old answer to one of those must not hide a new key.
func (r *RemoteKeys) keep(set *fetched) {
	for {
		present := r.keys.Load()
		if present != nil && present.number > set.number || r.keys.CompareAndSwap(present, set) {
			return
		}
	}
}

func (r *RemoteKeys) ask(ctx context.Context) (KeySet, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("key set: %s answered %s", r.url, resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxKeySetBytes))
	if err != nil {
		return nil, err
	}
	return ParseJWKS(body)
}
