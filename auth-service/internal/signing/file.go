package signing

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"slices"
	"time"

	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
)

// List is where keys go that were dropped; revocation.List is one.
type List interface {
	Key(ctx context.Context, kid string, until time.Time) error
}

const (
	// refusedFor is how long a dropped key is on the list. A verifier that could not fetch the key set for that long, and
	// so still trusts the key, is out of service.
	refusedFor = 30 * 24 * time.Hour
	// listTimeout is how long the list may take for one key: it may have to wait for a lease to end.
	listTimeout = revocation.Lease + 3*time.Second
)

// File is the file that the keys are in.
type File struct {
	keys *Keys
	path string
	list List
	log  *slog.Logger

	seen    []byte   // at the last look
	used    []byte   // what the present keys came from, or was refused after them
	dropped []string // kids that are not on the list yet
}

// NewFile follows the file for the keys, whose ring was made of the content given.
func NewFile(keys *Keys, path, content string, list List, log *slog.Logger) *File {
	used := bytes.TrimSpace([]byte(content))
	return &File{keys: keys, path: path, list: list, log: log, seen: used, used: used}
}

// Follow looks at the file at every tick, until the context ends.
func (f *File) Follow(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			f.Look(ctx)
		}
	}
}

// Look uses the keys of the file when it has changed. It waits until two looks agree, because the file may be half written.
// A file that cannot be read, or has mistakes, is reported once, and the keys that there are stay.
func (f *File) Look(ctx context.Context) {
	data, err := os.ReadFile(f.path)
	data = bytes.TrimSpace(data)
	settled := bytes.Equal(data, f.seen)
	if f.seen = data; !settled || bytes.Equal(data, f.used) {
		f.refuseDropped(ctx)
		return
	}
	f.used = data
	f.use(ctx, data, err)
}

// use puts the keys of the file in the place of those that there are. Dropped ones sign nothing from then on, and are refused
// after that: a list that waits for its gateways, or cannot be reached, must not have tokens made that nobody takes.
func (f *File) use(ctx context.Context, data []byte, err error) {
	var ring token.KeyRing
	if err == nil {
		ring, err = token.ParseKeyRing(data)
	}
	if err != nil {
		f.log.Error("the file of the signing keys is refused, the old keys stay", "error", err)
		return
	}
	kept := token.NewKeySet(ring.Public())
	for kid := range f.keys.published() {
		if _, ok := kept[kid]; !ok {
			f.dropped = append(f.dropped, kid)
		}
	}
	f.keys.ring.Store(&ring)
	f.log.Info("the signing keys have changed", "keys", len(kept), "signs", ring.Signer(f.keys.now()).KeyID())
	f.refuseDropped(ctx)
}

// refuseDropped puts on the list what is not there yet.
func (f *File) refuseDropped(ctx context.Context) {
	f.dropped = slices.DeleteFunc(f.dropped, func(kid string) bool {
		ctx, cancel := context.WithTimeout(ctx, listTimeout)
		defer cancel()
		err := f.list.Key(ctx, kid, f.keys.now().Add(refusedFor))
		if err != nil {
			f.log.Error("a dropped signing key is not on the revocation list yet", "kid", kid, "error", err)
			return false
		}
		f.log.Warn("a signing key was dropped: its tokens are refused", "kid", kid)
		return true
	})
}
