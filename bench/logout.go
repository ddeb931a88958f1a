package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gatehouse/bench/internal/load"
	"gatehouse/bench/internal/process"
)

const (
	logouts        = 200
	logoutsStopped = 5
	lease          = 2 * time.Second       // L of the revocation list: the longest that a logout may take
	leaseMargin    = 50 * time.Millisecond // for all but the waiting
	logoutGoal     = 5 * time.Millisecond
)

// logout measures how long a sign-out takes that is effective on three gateways before it is answered.
func logout(ctx context.Context, r *run) (section, error) {
	s, err := r.openStack(ctx)
	if err != nil {
		return section{}, err
	}
	if err := s.accounts(ctx, logouts); err != nil {
		return section{}, err
	}
	gateways, last, err := r.threeGateways(ctx, s)
	if err != nil {
		return section{}, err
	}
	all, err := signOuts(ctx, s, gateways, logouts)
	if err != nil {
		return section{}, err
	}
	last.Signal(syscall.SIGSTOP)
	stopped, err := signOuts(ctx, s, gateways[:2], logoutsStopped)
	last.Signal(syscall.SIGCONT)
	return logoutSection(all, stopped), err
}

func logoutSection(all, stopped []time.Duration) section {
	p50, worst := load.Percentile(all, 50), load.Percentile(stopped, 100)
	return section{goals: []goal{
		{"logout on 3 gateways, p50", "≤ " + ms(logoutGoal), ms(p50), p50 <= logoutGoal},
		{"logout with one of them stopped, worst", fmt.Sprintf("≤ %v + %v", lease, leaseMargin), ms(worst), worst <= lease+leaseMargin},
	}, table: table{
		header: []string{"logouts", "number", "p50", "p99", "worst"},
		rows:   [][]string{logoutRow("3 gateways", all), logoutRow("one of them stopped", stopped)},
	}, notes: []string{
		"A logout is DELETE /api/authenticate through one gateway. After each answer the old cookie was shown to every gateway " +
			"that runs, and refused by all of them.",
	}}
}

func logoutRow(name string, took []time.Duration) []string {
	return []string{
		name, fmt.Sprint(len(took)), ms(load.Percentile(took, 50)), ms(load.Percentile(took, 99)), ms(load.Percentile(took, 100)),
	}
}

// threeGateways adds two to the one of the stack, and gives the process of the last.
func (r *run) threeGateways(ctx context.Context, s *stack) (urls []string, last *process.Process, err error) {
	urls = []string{s.url}
	for _, name := range []string{"gateway-2", "gateway-3"} {
		addr, err := freeAddr()
		if err != nil {
			return nil, nil, err
		}
		last, err = r.launchGateway(ctx, name, filepath.Join(s.dir, "bin/gateway"), addr, "PUBLIC_URL="+s.url,
			fmt.Sprintf("AUTH_SERVICE_URL=http://127.0.0.1:%d", 8081+portOffset),
			"REDIS_URL_FILE="+filepath.Join(s.dir, "secrets/gateway/redis_url"))
		if err != nil {
			return nil, nil, err
		}
		urls = append(urls, "http://"+addr)
	}
	return urls, last, nil
}

// signOuts signs in so many times, then signs out one after the other through the first gateway.
func signOuts(ctx context.Context, s *stack, gateways []string, number int) ([]time.Duration, error) {
	c := newCaller()
	sessions := make([]string, number)
	for n := range sessions {
		var err error
		if sessions[n], err = c.session(ctx, s, fmt.Sprint("bench", n+1), n); err != nil {
			return nil, err
		}
	}
	var took []time.Duration
	for _, cookies := range sessions {
		start := time.Now()
		answer, err := c.call(ctx, http.MethodDelete, gateways[0]+"/api/authenticate", "", "Cookie", cookies)
		took = append(took, time.Since(start))
		if err == nil && answer.status != http.StatusOK {
			err = fmt.Errorf("signing out: %d", answer.status)
		}
		if err != nil {
			return nil, err
		}
		if err := c.refusedBy(ctx, gateways, cookies); err != nil {
			return nil, err
		}
	}
	return took, nil
}

// refusedBy makes sure that no gateway lets the session pass any more.
func (c *caller) refusedBy(ctx context.Context, gateways []string, cookies string) error {
	access, _, _ := strings.Cut(cookies, ";")
	for _, gateway := range gateways {
		answer, err := c.call(ctx, http.MethodGet, gateway+guardedPath, "", "Cookie", access)
		if err != nil {
			return err
		}
		if answer.status != http.StatusUnauthorized {
			return fmt.Errorf("%s answers %d to a session that has ended", gateway, answer.status)
		}
	}
	return nil
}
