package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/crypto/argon2"

	"gatehouse/bench/internal/load"
)

const (
	loginAccounts = 1000
	loginCallers  = 4 // for each core, so that there is always one whose turn it is
)

// login measures sign-ins a second against what the machine can hash.
func login(ctx context.Context, r *run) (section, error) {
	s, err := r.openStack(ctx)
	if err != nil {
		return section{}, err
	}
	if err := s.accounts(ctx, loginAccounts); err != nil {
		return section{}, err
	}
	c := newCaller()
	var hashes, logins []float64
	for round := range r.rounds {
		hashes = append(hashes, hashRate(ctx, r.each))
		rate, err := loginRate(ctx, c, s, r.each)
		if err != nil {
			return section{}, err
		}
		logins = append(logins, rate)
		say("  round %d  %.1f hashes/s  %.1f logins/s", round+1, hashes[round], rate)
	}
	return section{
		goals: []goal{atLeast("logins/s against the bare argon2id rate", load.Median(logins)/load.Median(hashes), 0.9)},
		table: table{header: []string{"", "a second"}, rows: [][]string{
			{"argon2id, 19 MiB, t=2, p=1, on all cores", fmt.Sprintf("%.1f", load.Median(hashes))},
			{"logins through the gateway", fmt.Sprintf("%.1f", load.Median(logins))},
		}},
	}, nil
}

// hashRate is how many hashes a second all cores together can make when they do nothing else.
func hashRate(ctx context.Context, lasting time.Duration) float64 {
	salt := []byte("0123456789abcdef")
	done := load.Workers(ctx, runtime.GOMAXPROCS(0), lasting, func(n int) bool {
		argon2.IDKey(fmt.Append(nil, n), salt, 2, 19<<10, 1, 32)
		return true
	})
	return float64(done[true]) / lasting.Seconds()
}

// loginRate is how many sign-ins a second succeed. Another answer is an error: so few callers find room in every queue.
func loginRate(ctx context.Context, c *caller, s *stack, lasting time.Duration) (float64, error) {
	answers := load.Workers(ctx, loginCallers*runtime.GOMAXPROCS(0), lasting, func(n int) int { return tryLogin(ctx, c, s, n) })
	done := answers[200]
	delete(answers, 200)
	if len(answers) > 0 {
		return 0, fmt.Errorf("sign-ins by status: 200 %d times, others %v", done, answers)
	}
	return float64(done) / lasting.Seconds(), nil
}

// tryLogin signs in as some account and gives the status; 0 when there was no answer.
func tryLogin(ctx context.Context, c *caller, s *stack, n int) int {
	answer, err := c.signIn(ctx, s, fmt.Sprint("bench", n%loginAccounts+1), n)
	if err != nil {
		return 0
	}
	return answer.status
}
