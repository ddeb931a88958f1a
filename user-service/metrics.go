package main

import (
	"context"
	"time"

	"gatehouse/internal/metrics"
	"gatehouse/internal/traffic"
	"gatehouse/user-service/internal/password"
	"gatehouse/user-service/internal/postgres"
)

// askWithin is how long PostgreSQL may take to tell of the outbox; else that is left out.
const askWithin = time.Second

// seen is what metrics tell of.
type seen struct {
	db      *postgres.DB
	queue   *password.Queue
	answers *traffic.Counter
}

func (s seen) metrics() *metrics.Registry {
	r := metrics.New()
	r.AddRequests(s.answers)
	r.Add(s.hashes()...)
	r.Add(s.database()...)
	r.Add(s.outbox()...)
	return r
}

func (s seen) hashes() []metrics.Family {
	return []metrics.Family{
		{
			Name: "gatehouse_password_hashes", Help: "Password hashes that run, and that wait for their turn.", Labels: []string{"state"},
			Read: func(tell metrics.Tell) {
				load := s.queue.Load()
				tell(float64(load.Running), "running")
				tell(float64(load.Waiting), "waiting")
			},
		},
		{
			Name: "gatehouse_password_hash_places", Help: "How many may run and wait; whoever comes then is told to come again.",
			Read: metrics.Value(func() float64 { return float64(s.queue.Load().Places) }),
		},
		{
			Name: "gatehouse_password_hashes_refused_total", Help: "Password hashes for which there was no place or no time.", Counter: true,
			Read: metrics.Value(func() float64 { return float64(s.queue.Load().Refused) }),
		},
	}
}

func (s seen) database() []metrics.Family {
	return []metrics.Family{
		{
			Name: "gatehouse_database_connections", Help: "Connections to PostgreSQL, by state.", Labels: []string{"state"},
			Read: func(tell metrics.Tell) {
				stats := s.db.Stats()
				tell(float64(stats.InUse), "used")
				tell(float64(stats.Idle), "idle")
			},
		},
		{
			Name: "gatehouse_database_waits_total", Help: "How often somebody waited for a connection to PostgreSQL.", Counter: true,
			Read: metrics.Value(func() float64 { return float64(s.db.Stats().WaitCount) }),
		},
	}
}

func (s seen) outbox() []metrics.Family {
	ask := func(value func(changes int64, oldest time.Duration) float64) func(metrics.Tell) {
		return func(tell metrics.Tell) {
			ctx, cancel := context.WithTimeout(context.Background(), askWithin)
			defer cancel()
			if changes, oldest, err := s.db.Backlog(ctx); err == nil {
				tell(value(changes, oldest))
			}
		}
	}
	return []metrics.Family{
		{
			Name: "gatehouse_outbox_changes", Help: "Changes that auth-service has not acknowledged. The same on every replica.",
			Read: ask(func(changes int64, _ time.Duration) float64 { return float64(changes) }),
		},
		{
			Name: "gatehouse_outbox_oldest_seconds", Help: "How long the oldest of them has waited.",
			Read: ask(func(_ int64, oldest time.Duration) float64 { return oldest.Seconds() }),
		},
	}
}
