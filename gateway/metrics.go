package main

import (
	"gatehouse/gateway/internal/edge"
	"gatehouse/gateway/internal/upstream"
	"gatehouse/internal/metrics"
	"gatehouse/internal/replica"
	"gatehouse/internal/revocation"
	"gatehouse/internal/throttle"
)

// seen is what metrics tell of.
type seen struct {
	door        *edge.Edge
	pools       *upstream.Pools
	list        *revocation.Follower
	throttle    *throttle.Throttle
	streams     *edge.Streams
	connections func() int32
}

func (s seen) metrics() *metrics.Registry {
	r := metrics.New()
	r.AddRequests(s.door.Traffic)
	r.Add(s.traffic()...)
	r.Add(s.upstreams()...)
	r.Add(s.revocations()...)
	return r
}

func (s seen) traffic() []metrics.Family {
	return []metrics.Family{
		metrics.Throttled(s.throttle.Refused),
		{
			Name: "gatehouse_open_connections", Help: "Connections of clients.",
			Read: metrics.Value(func() float64 { return float64(s.connections()) }),
		},
		{
			Name: "gatehouse_open_streams", Help: "Long answers and tunnels under way, which end with their session.",
			Read: metrics.Value(func() float64 { return float64(s.streams.Open()) }),
		},
		{
			Name: "gatehouse_token_cache_lookups_total", Help: "Access tokens that were known already (hit), and that had to be verified (miss).",
			Counter: true, Labels: []string{"result"},
			Read: func(tell metrics.Tell) {
				hits, misses := s.door.CacheLookups()
				tell(float64(hits), "hit")
				tell(float64(misses), "miss")
			},
		},
	}
}

func (s seen) upstreams() []metrics.Family {
	each := func(read func(name string, state replica.State)) { s.pools.States(read) }
	return []metrics.Family{
		{
			Name: "gatehouse_upstream_replicas", Help: "Replicas that are known, by state: well or ejected.",
			Labels: []string{"upstream", "state"},
			Read: func(tell metrics.Tell) {
				each(func(name string, state replica.State) {
					tell(float64(state.Well), name, "well")
					tell(float64(state.Ejected), name, "ejected")
				})
			},
		},
		{
			Name: "gatehouse_upstream_requests_in_flight", Help: "Requests that an upstream has not answered yet.",
			Labels: []string{"upstream"},
			Read: func(tell metrics.Tell) {
				each(func(name string, state replica.State) { tell(float64(state.InFlight), name) })
			},
		},
	}
}

func (s seen) revocations() []metrics.Family {
	status := func(value func(revocation.Status) float64) func(metrics.Tell) {
		return metrics.Value(func() float64 { return value(s.list.Status()) })
	}
	return []metrics.Family{
		{
			Name: "gatehouse_revocation_lease_held", Help: "1 while the copy of the revocation list answers from memory.",
			Read: status(func(s revocation.Status) float64 {
				if s.Held {
					return 1
				}
				return 0
			}),
		},
		{
			Name: "gatehouse_revocation_lease_age_seconds", Help: "Time since the latest lease on the revocation list was asked for.",
			Read: status(func(s revocation.Status) float64 { return s.Age.Seconds() }),
		},
		{
			Name: "gatehouse_revocation_entries", Help: "Entries in the copy of the revocation list.",
			Read: status(func(s revocation.Status) float64 { return float64(s.Entries) }),
		},
		{
			Name: "gatehouse_revocation_bytes", Help: "Memory that the copy of the revocation list takes.",
			Read: status(func(s revocation.Status) float64 { return float64(s.Bytes) }),
		},
	}
}
