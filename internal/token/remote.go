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

// How the issuer's key set is followed.
const (
	refreshEvery   = 30 * time.Second // so a new key must be published a minute before it signs
	retryEvery     = time.Second      // while there is no key set at all
	unknownKeyWait = 10 * time.Second // at least this long between fetches that unknown kids cause
	fetchTimeout   = 2 * time.Second
	maxKeySetBytes = 64 << 10
)

// KeySetPath is where the issuer publishes its key set.
const KeySetPath = "/.well-known/jwks.json"

// RemoteKeys follows the key set that an issuer publishes. A kid that is not known causes one fetch, at most
// once in ten seconds however many ask, so that made-up kids cannot become a storm.
type RemoteKeys struct {
	url    string
	client *http.Client
	now    func() time.Time

	keys    atomic.Pointer[KeySet]
	fetchMu sync.Mutex
	asked   time.Time // last fetch for an unknown kid; guarded by fetchMu
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
func (r *RemoteKeys) fetchForUnknown(seen *KeySet) bool {
	r.fetchMu.Lock()
	defer r.fetchMu.Unlock()
	if r.keys.Load() != seen {
		return true
	}
	now := r.now()
	if now.Sub(r.asked) < unknownKeyWait {
		return false
	}
	r.asked = now
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	return r.Fetch(ctx) == nil
}

// Ready is nil once a key set is known.
func (r *RemoteKeys) Ready() error {
	if r.keys.Load() == nil {
		return ErrNoKeys
	}
	return nil
}

// Run fetches the set now and again every half minute, until the context ends. A failed fetch keeps the last good set.
func (r *RemoteKeys) Run(ctx context.Context, failed func(error)) {
	for {
		wait := refreshEvery
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
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("key set: %s answered %s", r.url, resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxKeySetBytes))
	if err != nil {
		return err
	}
	set, err := ParseJWKS(body)
	if err != nil {
		return err
	}
	r.keys.Store(&set)
	return nil
}
