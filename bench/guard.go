package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"gatehouse/bench/internal/chart"
	"gatehouse/bench/internal/process"
)

// picture is where the bars are drawn.
const picture = "docs/images/guard.svg"

// guarded are the subjects by what they are called in the table.
const (
	gatehouseGuarded = "**Gatehouse, guarded**"
	gatehousePublic  = "Gatehouse, public route"
	haproxyHS256     = "HAProxy `jwt_verify` HS256"
	haproxyRS256     = "HAProxy `jwt_verify` RS256"
	nginxAuth        = "nginx `auth_request`"
	caddyAuth        = "Caddy `forward_auth`"
	nginxBare        = "nginx, no check"
	haproxyBare      = "HAProxy, no check"
	upstreamAlone    = "the upstream alone"
)

// guard measures a request through the guard beside other gateways.
func guard(ctx context.Context, r *run) (section, error) {
	subjects, err := r.guardSubjects(ctx)
	if err != nil {
		return section{}, err
	}
	scores, err := r.contest(ctx, subjects)
	if err != nil {
		return section{}, err
	}
	byName := make(map[string]score, len(scores))
	for i, s := range subjects {
		byName[s.name] = scores[i]
	}
	if err := os.WriteFile(picture, guardChart(byName), 0o644); err != nil {
		return section{}, err
	}
	return section{goals: guardGoals(byName), table: guardTable(subjects, byName), notes: []string{
		"× is req/s against HAProxy with HS256. HS256 is what costs each peer least: a shared secret, with which whoever verifies " +
			"can also sign. RS256 is verified with a public key, as Gatehouse's EdDSA is, which HAProxy does not know.",
		"CPU is the time of the gateway's own processes for a request, as the kernel counts it; the last column adds the " +
			"checker and Redis where a request asks them.",
		"Gatehouse writes its access log, to a file; nobody else writes one. " + versions() + ".",
	}}, nil
}

// guardSubjects starts all of them.
func (r *run) guardSubjects(ctx context.Context) ([]subject, error) {
	b, err := r.openSurroundings(ctx)
	if err != nil {
		return nil, err
	}
	g, err := r.startGateway(ctx, "gateway", "0")
	if err != nil {
		return nil, err
	}
	all := []subject{
		{name: gatehouseGuarded, url: g.url + guardedPath, proc: g.proc, asks: []*process.Process{b.redisProc}, tokens: &g.tokens},
		{name: gatehousePublic, url: g.url + publicPath, proc: g.proc},
	}
	for _, add := range []func(context.Context) ([]subject, error){r.peerGuards, r.bareProxies} {
		more, err := add(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return append(all, subject{name: upstreamAlone, url: "http://" + b.upstream + "/", proc: b.upstreamProc}), nil
}

// peerGuards share a secret: HS256 is what costs each of them least.
func (r *run) peerGuards(ctx context.Context) ([]subject, error) {
	secret, err := r.newSecret()
	if err != nil {
		return nil, err
	}
	public, err := r.newRSAKey()
	if err != nil {
		return nil, err
	}
	hs, err := r.haproxyGuard(ctx, haproxyHS256, secret, string(secret.signs.([]byte)))
	if err != nil {
		return nil, err
	}
	rs, err := r.haproxyGuard(ctx, haproxyRS256, public, public.file)
	if err != nil {
		return nil, err
	}
	asking, err := r.askingGuards(ctx, secret)
	return append([]subject{hs, rs}, asking...), err
}

// haproxyGuard starts an HAProxy that verifies with the key, written as HAProxy wants it.
func (r *run) haproxyGuard(ctx context.Context, name string, k peerKey, written string) (subject, error) {
	revoked := filepath.Join(r.dir, "haproxy-revoked.map")
	if err := os.WriteFile(revoked, []byte(revokedSession+" 1\n"), 0o644); err != nil {
		return subject{}, err
	}
	t, err := k.tokens()
	if err != nil {
		return subject{}, err
	}
	p, err := r.startHAProxy(ctx, "haproxy-"+k.method.Alg(), "haproxy-jwt.cfg",
		setting{Upstream: r.around.upstream, Alg: k.method.Alg(), Key: written, Revoked: revoked})
	return subject{name: name, url: p.url, proc: p.proc, tokens: &t}, err
}

// askingGuards are those that show each request to the checker.
func (r *run) askingGuards(ctx context.Context, k peerKey) ([]subject, error) {
	t, err := k.tokens()
	if err != nil {
		return nil, err
	}
	checker, checkerProc, err := r.startChecker(ctx, k)
	if err != nil {
		return nil, err
	}
	asks := []*process.Process{checkerProc, r.around.redisProc}
	s := setting{Upstream: r.around.upstream, Checker: checker}
	nginx, err := r.startNginx(ctx, "nginx-auth-request", s)
	if err != nil {
		return nil, err
	}
	caddy, err := r.startCaddy(ctx, s)
	return []subject{
		{name: nginxAuth, url: nginx.url, proc: nginx.proc, asks: asks, tokens: &t},
		{name: caddyAuth, url: caddy.url, proc: caddy.proc, asks: asks, tokens: &t},
	}, err
}

// startChecker starts the checker on a database of its own, with one session revoked.
func (r *run) startChecker(ctx context.Context, k peerKey) (string, *process.Process, error) {
	const database = "1"
	store, err := r.around.openRedis(database)
	if err != nil {
		return "", nil, err
	}
	defer store.Close()
	if err := store.Set(ctx, revokedPrefix+revokedSession, 1, time.Hour).Err(); err != nil {
		return "", nil, err
	}
	return r.startSelf(ctx, "checker", k.file, r.around.redisURL(database))
}

func (r *run) bareProxies(ctx context.Context) ([]subject, error) {
	s := setting{Upstream: r.around.upstream}
	haproxy, err := r.startHAProxy(ctx, "haproxy-bare", "haproxy-bare.cfg", s)
	if err != nil {
		return nil, err
	}
	nginx, err := r.startNginx(ctx, "nginx-bare", s)
	return []subject{
		{name: haproxyBare, url: haproxy.url, proc: haproxy.proc},
		{name: nginxBare, url: nginx.url, proc: nginx.proc},
	}, err
}

func guardTable(subjects []subject, byName map[string]score) table {
	t := table{header: []string{"", "req/s", "×", "p50", "p99", "CPU", "CPU with checker and Redis"}}
	reference := byName[haproxyHS256].perSecond
	for _, s := range subjects {
		one := byName[s.name]
		asked := ""
		if len(s.asks) > 0 {
			asked = us(one.cpuAndAsks)
		}
		t.rows = append(t.rows, []string{
			s.name, thousands(one.perSecond), times(one.perSecond, reference), ms(one.p50), ms(one.p99), us(one.cpu), asked,
		})
	}
	return t
}

func guardGoals(by map[string]score) []goal {
	ours, peer := by[gatehouseGuarded], by[haproxyHS256]
	return []goal{
		atLeast("guarded, req/s against "+haproxyHS256, ours.perSecond/peer.perSecond, 1),
		atMost("guarded, CPU time against it", ratio(ours.cpu, peer.cpu), 1),
		atMost("guarded, p99 against it", ratio(ours.p99, peer.p99), 1),
		atLeast("guarded, req/s against "+nginxAuth, ours.perSecond/by[nginxAuth].perSecond, 2.3),
		atLeast("guarded, req/s against "+caddyAuth, ours.perSecond/by[caddyAuth].perSecond, 6),
		atLeast("guarded, req/s against the public route", ours.perSecond/by[gatehousePublic].perSecond, 0.95),
	}
}

func guardChart(by map[string]score) []byte {
	bars := make([]chart.Bar, 0, len(by))
	for _, b := range []struct{ name, label string }{
		{gatehouseGuarded, "Gatehouse, guarded"}, {haproxyHS256, "HAProxy jwt_verify, HS256"},
		{haproxyRS256, "HAProxy jwt_verify, RS256"}, {nginxAuth, "nginx auth_request"}, {caddyAuth, "Caddy forward_auth"},
		{nginxBare, "nginx, no check"},
	} {
		s := by[b.name]
		bars = append(bars, chart.Bar{
			Label: b.label, Value: s.perSecond, Strong: b.name == gatehouseGuarded,
			Text: thousands(s.perSecond) + " req/s, " + us(s.cpuAndAsks),
		})
	}
	return chart.SVG("Requests a second, and CPU time for each with all who are asked", bars)
}
