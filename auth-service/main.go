// Command auth-service signs people in and out: it keeps sessions in Redis, issues access and refresh tokens, and
// publishes the keys that verify them. It asks user-service whose a credential is.
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

	"gatehouse/auth-service/internal/api"
	"gatehouse/auth-service/internal/redisstore"
	"gatehouse/auth-service/internal/session"
	"gatehouse/auth-service/internal/signing"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/redisurl"
	"gatehouse/internal/replica"
	"gatehouse/internal/revocation"
	"gatehouse/internal/throttle"
	"gatehouse/internal/userapi"
)

// The largest body is a credential; a call to user-service waits for a password hash at most.
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
	now     func() time.Time
	ticks   <-chan time.Time // when to look at the file of the signing keys
	started func([]net.Addr) // may be nil; gets the addresses of the service and of its health once both are open
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
	keys := signing.New(c.signingKeys, c.AccessTTL, w.now)
	if c.SigningKeyFile != "" {
		list := revocation.New(store, w.now)
		go signing.NewFile(keys, c.SigningKeyFile, c.SigningKey.Reveal(), list, log).Follow(ctx, w.ticks)
	}
	a := api.API{
		Sessions: sessions(ctx, c, store, keys, w.now),
		Cookies:  api.NewCookies(c.CookieName, c.PublicURL, c.origins, c.AccessTTL),
		KeySet:   keys.JWKS,
	}
	app := httpserver.New(httpserver.Options{Service: "auth-service", Log: log, BodyLimit: bodyLimit, KeepID: true})
	a.Routes(app)
	ready := func(ctx context.Context) error { return redisurl.CheckPolicy(ctx, store) } // also one that was down at the start
	return httpserver.Run(ctx, log, w.started,
		httpserver.Server{App: app, Addr: c.Listen},
		httpserver.Server{App: httpserver.Health(ready, log), Addr: c.HealthListen},
	)
}

func sessions(
	ctx context.Context, c *config, store redis.UniversalClient, keys *signing.Keys, now func() time.Time,
) *session.Service {
	transport := replica.NewTransport(ctx, replica.System, c.UserServiceURL)
	client := &http.Client{Transport: transport, Timeout: userCallTimeout}
	key := []byte(c.RefreshKey.Reveal())
	return &session.Service{
		Users:     userapi.NewClient(c.UserServiceURL.String(), c.ServiceSecret.Reveal(), client),
		Store:     redisstore.New(store),
		Revoked:   revocation.New(store, now),
		Signer:    keys,
		Keys:      keys,
		Refresh:   session.NewRefreshTokens(key),
		Devices:   session.NewKnownDevices(key),
		Attempts:  session.NewAttempts(throttle.New(store, now), key),
		AccessTTL: c.AccessTTL,
		Now:       now,
		NewID:     rand.Text,
	}
}
