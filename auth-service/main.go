// Command auth-service signs people in and out: it keeps sessions in Redis, issues access and refresh tokens, publishes the
// keys that verify them, and lets people back in by mail. It asks user-service whose a credential is, and hears from it when
// accounts change.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"gatehouse/auth-service/internal/api"
	"gatehouse/auth-service/internal/audit"
	"gatehouse/auth-service/internal/recovery"
	"gatehouse/auth-service/internal/redisstore"
	"gatehouse/auth-service/internal/session"
	"gatehouse/auth-service/internal/signing"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/redisurl"
	"gatehouse/internal/replica"
	"gatehouse/internal/revocation"
	"gatehouse/internal/throttle"
	"gatehouse/internal/traffic"
	"gatehouse/internal/userapi"
)

// The largest body of a person is a credential; a call to user-service waits for a password hash at most.
const (
	bodyLimit       = 64 << 10
	userCallTimeout = 8 * time.Second // user-service gives up after 7 s, the gateway after 10 s
)

// rereadEvery is the time between two looks at the file of the signing keys; token.MinLead counts on two of them.
const rereadEvery = time.Second

func main() {
	var c config
	os.Exit(httpserver.Program{
		Name:   "auth-service",
		Config: &c,
		Level:  func() slog.Level { return c.LogLevel },
		Health: func() string { return c.HealthListen },
		Run: func(ctx context.Context, log *slog.Logger) error {
			return run(ctx, log, &c, world{now: time.Now, ticks: time.Tick(rereadEvery)})
		},
	}.Main(os.Args))
}

// world is what tests put another in the place of.
type world struct {
	now   func() time.Time
	ticks <-chan time.Time // when to look at the file of the signing keys
	// started, which may be nil, gets the addresses of the public, the internal and the health listener once all are open.
	started func([]net.Addr)
}

// run is the program: it serves until the context ends.
func run(ctx context.Context, log *slog.Logger, c *config, w world) error {
	store, err := redisurl.Open(c.RedisURL.Reveal())
	if err != nil {
		return fmt.Errorf("REDIS_URL: %w", err)
	}
	defer store.Close()
	if err := redisurl.CheckPolicy(ctx, store); errors.Is(err, redisurl.ErrEvicts) {
		return err
	}
	working, end := context.WithCancel(context.WithoutCancel(ctx)) // until the last request is answered
	defer end()
	p := newParts(working, log, c, store, w)
	defer inBackground(p.trail.Run)()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.mailing.run(working) })
	group.Go(func() error { return p.recovery.Requests.Run(working) })
	group.Go(func() error {
		defer end()
		return p.serve(ctx, log, c, w.started)
	})
	return group.Wait()
}

// parts are what the service is put together from.
type parts struct {
	store    redis.UniversalClient
	keys     *signing.Keys
	trail    *audit.Trail
	mailing  mailing
	sessions *session.Service
	recovery *recovery.Service
	attempts *throttle.Throttle
	kept     *redisstore.Counted
}

func newParts(ctx context.Context, log *slog.Logger, c *config, store redis.UniversalClient, w world) parts {
	p := parts{store: store, keys: signing.New(c.signingKeys, c.AccessTTL, w.now)}
	list := revocation.New(store, w.now)
	if c.SigningKeyFile != "" {
		go signing.NewFile(p.keys, c.SigningKeyFile, c.SigningKey.Reveal(), list, log).Follow(ctx, w.ticks)
	}
	users := userService(ctx, c, log)
	p.trail = audit.New(users, log)
	p.mailing = newMailing(c, store, users, log)
	p.attempts, p.kept = throttle.New(store, w.now), &redisstore.Counted{Store: redisstore.New(store)}
	key := []byte(c.RefreshKey.Reveal())
	p.sessions = &session.Service{
		Users: users, Store: p.kept, Revoked: list, Audit: p.trail, Notices: postbox{p.mailing.queue},
		Signer: p.keys, Keys: p.keys, Refresh: session.NewRefreshTokens(key), Devices: session.NewKnownDevices(key),
		Attempts: session.NewAttempts(p.attempts, key), Log: log, AccessTTL: c.AccessTTL, Now: w.now, NewID: rand.Text,
	}
	p.recovery = &recovery.Service{
		Users: users, Links: users, Mail: p.mailing.queue, Throttle: p.attempts, Requests: recovery.NewRequests(), Key: key,
		Site: c.PublicURL, Now: w.now, Log: log,
	}
	return p
}

func (p parts) serve(ctx context.Context, log *slog.Logger, c *config, started func([]net.Addr)) error {
	a := &api.API{
		Sessions: p.sessions,
		Cookies:  api.NewCookies(c.CookieName, c.PublicURL, c.origins, c.AccessTTL),
		Recovery: p.recovery,
		KeySet:   p.keys.JWKS,
		Secret:   c.ServiceSecret.Reveal(),
	}
	answers := new(traffic.Counter)
	app := httpserver.New(httpserver.Options{
		Service: "auth-service", Log: log, BodyLimit: bodyLimit, FromGateway: true, Traffic: answers,
	})
	a.Routes(app)
	internal := httpserver.New(httpserver.Options{Service: "auth-service", Log: log, FromGateway: true, Traffic: answers})
	a.InternalRoutes(internal)
	ready := func(ctx context.Context) error { return redisurl.CheckPolicy(ctx, p.store) } // also one that was down at the start
	service := httpserver.Service{
		Log: log, Health: c.HealthListen, Ready: ready, Drain: c.Drain, Started: started, Metrics: p.metrics(a, answers),
	}
	return service.Run(ctx,
		httpserver.Server{App: app, Addr: c.Listen, Probed: true},
		httpserver.Server{App: internal, Addr: c.InternalListen, Probed: true})
}

// inBackground starts what runs until its context ends. The function it gives ends it and waits.
func inBackground(run func(context.Context)) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); run(ctx) }()
	return func() { cancel(); <-done }
}

func userService(ctx context.Context, c *config, log *slog.Logger) *userapi.Client {
	transport := replica.NewTransport(ctx, c.UserServiceURL, replica.Options{
		Lookup: replica.Hosts(c.HostsFile, replica.System), Log: log, Health: httpserver.ReadyPath,
	})
	client := &http.Client{Transport: transport, Timeout: userCallTimeout}
	return userapi.NewClient(c.UserServiceURL.String(), c.ServiceSecret.Reveal(), client)
}
