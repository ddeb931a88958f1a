package main

import (
	"context"
	"fmt"
	"time"

	"gatehouse/bench/internal/process"
)

const (
	manyRevoked = 1_000_000
	fillBatch   = 10_000
	settle      = 5 * time.Second // for a gateway to let go of what it needed to load the list
)

// revoked measures the guard with a million revoked sessions against none.
func revoked(ctx context.Context, r *run) (section, error) {
	empty, full, err := r.startRevoked(ctx)
	if err != nil {
		return section{}, err
	}
	defer empty.proc.Stop()
	defer full.proc.Stop()
	<-time.After(settle)
	entry, err := bytesAnEntry(empty, full)
	if err != nil {
		return section{}, err
	}
	scores, err := r.contest(ctx, []subject{r.revokedSubject("none", empty), r.revokedSubject("1,000,000", full)})
	if err != nil {
		return section{}, err
	}
	return section{
		goals: []goal{
			atLeast("guarded with 1,000,000 revoked sessions against none", scores[1].perSecond/scores[0].perSecond, 0.95),
			{"memory of an entry", "≤ 64 bytes", fmt.Sprintf("%.0f bytes", entry), entry <= 64},
		},
		table: revokedTable(scores),
	}, nil
}

// startRevoked starts a gateway whose list is empty, and one whose list is long.
func (r *run) startRevoked(ctx context.Context) (empty, full *gateway, err error) {
	const emptyDB, fullDB = "2", "3"
	b, err := r.openSurroundings(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := b.fillRevoked(ctx, fullDB); err != nil {
		return nil, nil, err
	}
	if empty, err = r.startGateway(ctx, "gateway-none-revoked", emptyDB); err != nil {
		return nil, nil, err
	}
	full, err = r.startGateway(ctx, "gateway-many-revoked", fullDB)
	return empty, full, err
}

func (r *run) revokedSubject(name string, g *gateway) subject {
	return subject{
		name: name, url: g.url + guardedPath, proc: g.proc, asks: []*process.Process{r.around.redisProc}, tokens: &g.tokens,
	}
}

func revokedTable(scores []score) table {
	t := table{header: []string{"revoked sessions", "req/s", "p50", "p99", "CPU", "CPU with Redis"}}
	for i, name := range []string{"none", "1,000,000"} {
		s := scores[i]
		t.rows = append(t.rows, []string{name, thousands(s.perSecond), ms(s.p50), ms(s.p99), us(s.cpu), us(s.cpuAndAsks)})
	}
	return t
}

func bytesAnEntry(empty, full *gateway) (float64, error) {
	without, err := process.RSS(empty.proc.PID)
	if err != nil {
		return 0, err
	}
	with, err := process.RSS(full.proc.PID)
	return float64(max(with-without, 0)) / manyRevoked, err
}

// fillRevoked puts the sessions into the list as internal/revocation keeps them, many at a time. That the gateway then
// refuses a session that was revoked in the regular way shows that the list is one that it understands.
func (b *surroundings) fillRevoked(ctx context.Context, database string) error {
	store, err := b.openRedis(database)
	if err != nil {
		return err
	}
	defer store.Close()
	until := time.Now().Add(sessionTTL).UnixMilli()
	for start := 0; start < manyRevoked; start += fillBatch {
		args := make([]any, 0, 2+2*fillBatch)
		args = append(args, "ZADD", "{rev}:set")
		for n := range fillBatch {
			args = append(args, until, fmt.Sprintf("sid:%026d", start+n)) // as long as a real one
		}
		if err := store.Do(ctx, args...).Err(); err != nil {
			return err
		}
	}
	return nil
}
