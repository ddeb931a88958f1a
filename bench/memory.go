package main

import (
	"context"
	"time"

	"gatehouse/bench/internal/process"
)

const (
	restFor   = 30 * time.Second
	memoryCap = 30 << 20 // of each service
)

// memory measures what the services take when nobody calls.
func memory(ctx context.Context, r *run) (section, error) {
	s, err := r.openStack(ctx)
	if err != nil {
		return section{}, err
	}
	say("  at rest for %v", restFor)
	select {
	case <-time.After(restFor):
	case <-ctx.Done():
		return section{}, ctx.Err()
	}
	var goals []goal
	for _, service := range []string{"gateway", "auth-service", "user-service"} {
		pid, err := s.pid(service)
		if err != nil {
			return section{}, err
		}
		used, err := process.RSS(pid)
		if err != nil {
			return section{}, err
		}
		goals = append(goals, goal{"memory of " + service, "≤ " + mib(memoryCap), mib(used), used <= memoryCap})
	}
	return section{goals: goals}, nil
}
