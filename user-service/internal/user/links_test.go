package user

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// dropping is a store that removes links, so many at a call.
type dropping struct {
	Store
	rounds []int // -1: the store is down
	calls  int
}

func (d *dropping) DropLinks(_ context.Context, most int) (int, error) {
	n := d.rounds[d.calls]
	d.calls++
	if n < 0 {
		return 0, errors.New("pq: gone")
	}
	return min(n, most), nil
}

// TestExpiredLinksAreForgotten: each tick removes all that there is, in steps, and an outage waits for the next tick.
func TestExpiredLinksAreForgotten(t *testing.T) {
	var log bytes.Buffer
	store := &dropping{rounds: []int{forgetBatch, forgetBatch, 3, -1, 0}}
	s := Service{Store: store, Log: slog.New(slog.NewTextHandler(&log, nil))}
	ctx, cancel := context.WithCancel(t.Context())
	ticks, done := make(chan time.Time), make(chan struct{})
	go func() {
		defer close(done)
		s.ForgetLinks(ctx, ticks)
	}()
	for range 3 {
		ticks <- time.Time{}
	}
	cancel()
	<-done
	if store.calls != len(store.rounds) || !strings.Contains(log.String(), "not removed") {
		t.Errorf("%d calls; logged %s", store.calls, log.String())
	}
}
