package main

import (
	"context"
	"fmt"
	"time"

	"gatehouse/bench/internal/load"
	"gatehouse/bench/internal/process"
)

const (
	connections = 64
	warmUp      = time.Second // before each measurement
)

// subject is what is measured beside others.
type subject struct {
	name    string
	url     string
	headers []string
	proc    *process.Process   // the gateway
	asks    []*process.Process // whom it asks on each request
	tokens  *tokens            // nil: nothing is checked
}

// score is what a subject does; times are for one request.
type score struct {
	perSecond       float64
	p50, p99        time.Duration
	cpu, cpuAndAsks time.Duration
}

// contest measures the subjects in turn, round after round, and gives the medians.
func (r *run) contest(ctx context.Context, subjects []subject) ([]score, error) {
	for _, s := range subjects {
		if err := s.check(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	all := make([][]score, len(subjects))
	for round := range r.rounds {
		for i, s := range subjects {
			one, err := r.score(ctx, s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			say("  round %d  %-36s %6.0f req/s  p99 %-9v  %v", round+1, s.name, one.perSecond, one.p99, one.cpu)
			all[i] = append(all[i], one)
		}
	}
	scores := make([]score, len(subjects))
	for i := range all {
		scores[i] = medians(all[i])
	}
	return scores, nil
}

func medians(rounds []score) score {
	return score{
		perSecond:  median(rounds, func(s score) float64 { return s.perSecond }),
		p50:        median(rounds, func(s score) time.Duration { return s.p50 }),
		p99:        median(rounds, func(s score) time.Duration { return s.p99 }),
		cpu:        median(rounds, func(s score) time.Duration { return s.cpu }),
		cpuAndAsks: median(rounds, func(s score) time.Duration { return s.cpuAndAsks }),
	}
}

func median[N load.Number](rounds []score, of func(score) N) N {
	values := make([]N, len(rounds))
	for i, s := range rounds {
		values[i] = of(s)
	}
	return load.Median(values)
}

// score measures once, after a warm-up.
func (r *run) score(ctx context.Context, s subject) (score, error) {
	l := load.Load{URL: s.url, Headers: s.headers, Connections: connections}
	if s.tokens != nil {
		l.Headers = append(l.Headers, "Cookie: jwt="+s.tokens.good)
	}
	if _, err := load.Run(ctx, l, warmUp); err != nil {
		return score{}, err
	}
	own, others, err := s.used()
	if err != nil {
		return score{}, err
	}
	result, err := load.Run(ctx, l, r.each)
	if err != nil {
		return score{}, err
	}
	ownAfter, othersAfter, err := s.used()
	if err != nil {
		return score{}, err
	}
	n := time.Duration(result.Requests)
	cpu := (ownAfter - own) / n
	return score{
		perSecond: result.PerSecond, p50: result.P50, p99: result.P99, cpu: cpu, cpuAndAsks: cpu + (othersAfter-others)/n,
	}, s.proc.ForgetOutput()
}

// used is the CPU time so far of the subject, and of those it asks.
func (s subject) used() (own, others time.Duration, err error) {
	if own, err = process.CPU(s.proc.PID); err != nil {
		return 0, 0, err
	}
	pids := make([]int, len(s.asks))
	for i, p := range s.asks {
		pids[i] = p.PID
	}
	others, err = process.CPU(pids...)
	return own, others, err
}
