// Command auth-service signs people in and out: it keeps sessions in Redis, issues access and refresh tokens, and
// publishes the keys that verify them. It asks user-service whose a credential is, and hears from it what changed.
package main

import (
	"context"
	"crypto/ed25519"
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
	"gatehouse/auth-service/internal/audit"
	"gatehouse/auth-service/internal/redisstore"
	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/redisurl"
	"gatehouse/internal/replica"
	"gatehouse/internal/revocation"
	"gatehouse/internal/throttle"
	"gatehouse/internal/token"
	"gatehouse/internal/userapi"
)

// The largest body of a person is a credential; a call to user-service waits for a password hash at most.
const (
	bodyLimit       = 64 << 10
	userCallTimeout = 8 * time.Second // user-service gives up after 7 s, the gateway after 10 s
)

func main() {
	var c config
	os.Exit(httpserver.Program{
		Name:   "auth-service",
		Config: &c,
		Level:  func() slog.Level { return c.LogLevel },
		Health: func() string { return c.HealthListen },
		Run:    func(ctx context.Context, log *slog.Logger) error { return run(ctx, log, &c, nil) },
	}.Main(os.Args))
}

// run is the program: it serves until the context ends. It calls started, if not nil, with the addresses of the public,
// the internal and the health listener once all are open.
func run(ctx context.Context, log *slog.Logger, c *config, started func([]net.Addr)) error {
	store, err := redisurl.Open(c.RedisURL.Reveal())
	if err != nil {
		return fmt.Errorf("REDIS_URL: %w", err)
	}
	defer store.Close()
	if err := redisurl.CheckPolicy(ctx, store); errors.Is(err, redisurl.ErrEvicts) {
		return err
	}
	keys := publicKeys(c.signingKeys)
	keySet, err := token.MarshalJWKS(keys)
	if err != nil {
		return err
	}
	users := userService(ctx, c)
	trail := audit.New(users, log)
	defer inBackground(trail.Run)() // it ends after the last request
	a := api.API{
		Sessions: sessions(c, users, trail, store, keys),
		Cookies:  api.NewCookies(c.CookieName, c.PublicURL, c.origins, c.AccessTTL),
		KeySet:   keySet,
		Secret:   c.ServiceSecret.Reveal(),
	}
	app := httpserver.New(httpserver.Options{Service: "auth-service", Log: log, BodyLimit: bodyLimit, KeepID: true})
	a.Routes(app)
	internal := httpserver.New(httpserver.Options{Service: "auth-service", Log: log, KeepID: true})
	a.InternalRoutes(internal)
	ready := func(ctx context.Context) error { return redisurl.CheckPolicy(ctx, store) } // also one that was down at the start
	return httpserver.Run(ctx, log, started,
		httpserver.Server{App: app, Addr: c.Listen},
		httpserver.Server{App: internal, Addr: c.InternalListen},
		httpserver.Server{App: httpserver.Health(ready, log), Addr: c.HealthListen},
	)
}

// inBackground starts what runs until its context ends. The function it gives ends it and waits.
func inBackground(run func(context.Context)) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); run(ctx) }()
	return func() { cancel(); <-done }
}

func userService(ctx context.Context, c *config) *userapi.Client {
	transport := replica.NewTransport(ctx, replica.System, c.UserServiceURL)
	client := &http.Client{Transport: transport, Timeout: userCallTimeout}
	return userapi.NewClient(c.UserServiceURL.String(), c.ServiceSecret.Reveal(), client)
}

func sessions(
	c *config, users userapi.Directory, trail session.Audit, store redis.UniversalClient, keys []ed25519.PublicKey,
) *session.Service {
	key := []byte(c.RefreshKey.Reveal())
	return &session.Service{
		Users:     users,
		Store:     redisstore.New(store),
		Revoked:   revocation.New(store, time.Now),
		Audit:     trail,
		Notices:   session.NoMail{},
		Signer:    token.NewSigner(c.signingKeys[0]),
		Keys:      token.NewKeySet(keys),
		Refresh:   session.NewRefreshTokens(key),
		Devices:   session.NewKnownDevices(key),
		Attempts:  session.NewAttempts(throttle.New(store, time.Now), key),
		AccessTTL: c.AccessTTL,
		Now:       time.Now,
		NewID:     rand.Text,
	}
}

func publicKeys(private []ed25519.PrivateKey) []ed25519.PublicKey {
	keys := make([]ed25519.PublicKey, len(private))
	for i, key := range private {
		keys[i] = key.Public().(ed25519.PublicKey)
	}
	return keys
}
