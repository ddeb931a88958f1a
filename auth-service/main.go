// Command auth-service signs people in and out: it keeps sessions in Redis, issues access and refresh tokens, and
// publishes the keys that verify them. It asks user-service whose a credential is.
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

// The largest body is a credential; a call to user-service waits for a password hash at most.
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

// run is the program: it serves until the context ends. It calls started, if not nil, with the addresses of the service
// and of its health once both are open.
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
	a := api.API{
		Sessions: sessions(ctx, c, store, keys),
		Cookies:  api.NewCookies(c.CookieName, c.PublicURL, c.origins, c.AccessTTL),
		KeySet:   keySet,
	}
	app := httpserver.New(httpserver.Options{Service: "auth-service", Log: log, BodyLimit: bodyLimit, KeepID: true})
	a.Routes(app)
	ready := func(ctx context.Context) error { return redisurl.CheckPolicy(ctx, store) } // also one that was down at the start
	return httpserver.Run(ctx, log, started,
		httpserver.Server{App: app, Addr: c.Listen},
		httpserver.Server{App: httpserver.Health(ready, log), Addr: c.HealthListen},
	)
}

func sessions(ctx context.Context, c *config, store redis.UniversalClient, keys []ed25519.PublicKey) *session.Service {
	transport := replica.NewTransport(ctx, replica.System, c.UserServiceURL)
	client := &http.Client{Transport: transport, Timeout: userCallTimeout}
	key := []byte(c.RefreshKey.Reveal())
	return &session.Service{
		Users:     userapi.NewClient(c.UserServiceURL.String(), c.ServiceSecret.Reveal(), client),
		Store:     redisstore.New(store),
		Revoked:   revocation.New(store, time.Now),
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
