package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gatehouse/bench/internal/load"
)

// flooders sign in at once, as fast as they are answered.
const flooders = 64

// flood measures guarded requests while many sign in, against quiet.
func flood(ctx context.Context, r *run) (section, error) {
	s, err := r.openStack(ctx)
	if err != nil {
		return section{}, err
	}
	if err := s.accounts(ctx, loginAccounts); err != nil {
		return section{}, err
	}
	c := newCaller()
	cookies, err := c.session(ctx, s, "bench1", 1)
	if err != nil {
		return section{}, err
	}
	access, _, _ := strings.Cut(cookies, ";")
	return r.floods(ctx, c, s, load.Load{
		URL: s.url + guardedPath, Headers: []string{"Cookie: " + access}, Connections: connections,
	})
}

// floods measures quiet and flood in turn.
func (r *run) floods(ctx context.Context, c *caller, s *stack, l load.Load) (section, error) {
	var quiet, flooded []load.Result
	answers := make(map[int]int)
	for range r.rounds {
		one, err := load.Run(ctx, l, r.each)
		if err != nil {
			return section{}, err
		}
		other, seen, err := r.underFlood(ctx, c, s, l)
		if err != nil {
			return section{}, err
		}
		quiet, flooded = append(quiet, one), append(flooded, other)
		for status, n := range seen {
			answers[status] += n
		}
		say("  p99 %v quiet, %v in a flood", one.P99, other.P99)
	}
	return floodSection(quiet, flooded, answers), nil
}

// underFlood measures while others sign in, and gives what these were answered.
func (r *run) underFlood(ctx context.Context, c *caller, s *stack, l load.Load) (load.Result, map[int]int, error) {
	const head = time.Second // the flood has its full height before the measurement, and keeps it until the end
	seen := make(chan map[int]int)
	go func() {
		seen <- load.Workers(ctx, flooders, head+r.each+head, func(n int) int { return tryLogin(ctx, c, s, n) })
	}()
	<-time.After(head)
	result, err := load.Run(ctx, l, r.each)
	return result, <-seen, err
}

func floodSection(quiet, flooded []load.Result, answers map[int]int) section {
	t := table{header: []string{"guarded requests", "req/s", "p50", "p99"}}
	p99 := make([]time.Duration, 2)
	for i, results := range [][]load.Result{quiet, flooded} {
		var perSecond []float64
		var p50s, p99s []time.Duration
		for _, one := range results {
			perSecond, p50s, p99s = append(perSecond, one.PerSecond), append(p50s, one.P50), append(p99s, one.P99)
		}
		p99[i] = load.Median(p99s)
		name := []string{"quiet", fmt.Sprintf("while %d sign in", flooders)}[i]
		t.rows = append(t.rows, []string{name, thousands(load.Median(perSecond)), ms(load.Median(p50s)), ms(p99[i])})
	}
	var statuses []string
	for _, status := range slices.Sorted(maps.Keys(answers)) {
		statuses = append(statuses, fmt.Sprintf("%d %d times", status, answers[status]))
	}
	return section{
		goals: []goal{atMost("guarded p99 in a flood of logins against quiet", ratio(p99[1], p99[0]), 3)},
		table: t, notes: []string{"The flood was answered with " + strings.Join(statuses, ", ") + "."},
	}
}
