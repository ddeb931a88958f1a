// Command gateway is the only public door of Gatehouse: it serves the frontend, checks the session of each request, and
// forwards to the services behind it.
package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"gatehouse/frontend"
	"gatehouse/gateway/internal/assertion"
	"gatehouse/gateway/internal/edge"
	"gatehouse/gateway/internal/route"
	"gatehouse/gateway/internal/upstream"
	"gatehouse/internal/authapi"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/redisurl"
	"gatehouse/internal/replica"
	"gatehouse/internal/revocation"
	"gatehouse/internal/throttle"
	"gatehouse/internal/token"
	"gatehouse/internal/traffic"
)

func main() {
	var c config
	os.Exit(httpserver.Program{
		Name:   "gateway",
		Config: &c,
		Level:  func() slog.Level { return c.LogLevel },
		Health: func() string { return c.HealthListen },
		Run: func(ctx context.Context, log *slog.Logger) error {
			return run(ctx, log, &c, world{pages: frontend.Files, lookup: replica.Hosts(c.HostsFile, replica.System), ticks: time.Tick(rereadEvery)})
		},
		Commands: commands,
	}.Main(os.Args))
}

// world is what tests put another in the place of.
type world struct {
	pages   fs.FS
	lookup  replica.Lookup
	ticks   <-chan time.Time // when to look at the routes files
	started func([]net.Addr) // may be nil
}

// run is the program: it serves until the context ends.
func run(ctx context.Context, log *slog.Logger, c *config, w world) error {
	store, err := redisurl.Open(c.RedisURL.Reveal())
	if err != nil {
		return fmt.Errorf("REDIS_URL: %w", err)
	}
	defer store.Close()
	working, end := context.WithCancel(context.WithoutCancel(ctx)) // until the last request is answered
	defer end()
	keys := followKeys(working, log, c, w.lookup)
	streams := edge.NewStreams()
	list := revocation.Follow(store, time.Now, log, streams.Cut)
	limits := throttle.New(store, time.Now)
	door, pools, err := open(working, log, c, w, edge.Options{
		Log: log, PublicURL: c.PublicURL, Origins: c.origins, Proxies: c.proxies,
		CookieName: c.CookieName, Keys: keys, Pages: w.pages,
		ReadTimeout: c.ReadTimeout, Revocation: list, Throttle: limits, Streams: streams,
		Assertions: assertions(working, log, c, w.lookup), Traffic: new(traffic.Counter),
	})
	if err != nil {
		return err
	}
	// Ready without Redis: pages and public routes go on without it, and guarded ones refuse by themselves.
	ready := func(context.Context) error { return keys.Ready() }
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		list.Run(working)
		return nil
	})
	group.Go(func() error {
		defer end()
		app := door.App()
		seen := seen{door, pools, list, limits, streams, app.Server().GetOpenConnectionsCount}
		service := httpserver.Service{
			Log: log, Health: c.HealthListen, Ready: ready, Drain: c.Drain, Finish: streams.Finish, Started: w.started,
			Metrics: seen.metrics(),
		}
		return service.Run(ctx, httpserver.Server{App: app, Addr: c.Listen})
	})
	return group.Wait()
}

// open makes the edge with its routes and upstreams, and follows changes of the routes file.
func open(
	ctx context.Context, log *slog.Logger, c *config, w world, o edge.Options,
) (*edge.Edge, *upstream.Pools, error) {
	source := &routes{files: c.RoutesFiles}
	table, err := source.load()
	if err != nil {
		return nil, nil, err
	}
	pools := upstream.NewPools(ctx, w.lookup, log)
	o.Upstreams = pools
	door, err := edge.New(o, table)
	if err != nil {
		return nil, nil, err
	}
	use := func(table *route.Table) error {
		if err := pools.Use(table.Upstreams()); err != nil {
			return err
		}
		door.Use(table)
		return nil
	}
	if len(source.files) > 0 {
		go source.follow(ctx, log, w.ticks, use)
	}
	return door, pools, use(table)
}

// assertions come from auth-service's internal listener.
func assertions(ctx context.Context, log *slog.Logger, c *config, lookup replica.Lookup) *assertion.Source {
	client := callsTo(ctx, c.AuthInternal, log, lookup)
	return assertion.NewSource(authapi.NewIssuer(c.AuthInternal.String(), client), time.Now)
}

// followKeys keeps the public keys of auth-service at hand.
func followKeys(ctx context.Context, log *slog.Logger, c *config, lookup replica.Lookup) *token.RemoteKeys {
	client := callsTo(ctx, c.AuthServiceURL, log, lookup)
	keys := token.NewRemoteKeys(c.AuthServiceURL, client, time.Now)
	go keys.Run(ctx, func(err error) { log.Warn("token keys not fetched", "error", err) })
	return keys
}

// callsTo makes calls to the replicas of a service of ours.
func callsTo(ctx context.Context, service *url.URL, log *slog.Logger, lookup replica.Lookup) *http.Client {
	return &http.Client{Transport: replica.NewTransport(ctx, service, replica.Options{
		Lookup: lookup, Log: log, Health: httpserver.ReadyPath,
	})}
}
