package replica

import (
	"sync/atomic"
	"time"
)

// Connections are those to one replica.
type Connections interface {
	PendingRequests() int
	CloseIdleConnections()
}

// Replica is one process of a service.
type Replica[C Connections] struct {
	Addr  string // IP and port
	Conns C

	out      atomic.Bool  // passed over while there are others
	answered atomic.Int64 // when it last answered a call, in Unix nanoseconds
	probing  atomic.Bool  // a probe is under way

	idle   time.Time // when it was last seen without calls; the watch's own
	missed int       // probes in a row without an answer; the probe's own
}

// Weights that put a replica that is not well behind every other, and one that was tried already behind those.
const (
	outWeight   = 1 << 20
	triedWeight = 1 << 21
)

// load is what speaks against choosing the replica: its pending calls, and more.
func (r *Replica[C]) load(tried bool) int {
	load := r.Conns.PendingRequests()
	if r.out.Load() {
		load += outWeight
	}
	if tried {
		load += triedWeight
	}
	return load
}

// quiet is for how long the replica has answered nothing, although it was asked.
func (r *Replica[C]) quiet(now time.Time) time.Duration {
	last := time.Unix(0, r.answered.Load())
	if r.idle.After(last) {
		last = r.idle
	}
	return now.Sub(last)
}
