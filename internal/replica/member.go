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
	waiting  atomic.Int64 // calls that it has not answered; one whose answer is still arriving is none of them
	answered atomic.Int64 // when it last answered a call, in Unix nanoseconds
	probing  atomic.Bool  // a probe is under way

	idle   time.Time // when it was last seen without a call to answer; the watch's own
	missed int       // probes in a row without an answer; the probe's own
}

// Begin notes that a call is made, before it is.
func (r *Replica[C]) Begin() { r.waiting.Add(1) }

// End notes that the call has been answered, or has failed.
func (r *Replica[C]) End(err error) {
	r.waiting.Add(-1)
	if err == nil {
		r.answered.Store(time.Now().UnixNano())
	}
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

// hangs reports whether the replica has answered nothing for long, although it was asked.
func (r *Replica[C]) hangs(now time.Time) bool {
	return r.waiting.Load() > 0 && now.Sub(r.idle) > silence && r.quiet(now) > silence
}

// quiet is how long ago it last answered a call.
func (r *Replica[C]) quiet(now time.Time) time.Duration {
	return now.Sub(time.Unix(0, r.answered.Load()))
}
