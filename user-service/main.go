// Command user-service owns the accounts: it keeps them in PostgreSQL, checks credentials for auth-service, and serves the
// public calls about users behind the gateway.
package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"gatehouse/internal/httpserver"
	"gatehouse/internal/token"
	"gatehouse/user-service/internal/api"
	"gatehouse/user-service/internal/github"
	"gatehouse/user-service/internal/password"
	"gatehouse/user-service/internal/postgres"
	"gatehouse/user-service/internal/user"
)

const (
	callTimeout = 5 * time.Second // of calls to auth-service and GitHub
	retryEvery  = time.Second     // while the database cannot be reached at start
	forgetEvery = time.Hour       // what has expired
	restAfter   = 2 * time.Second // without any password to hash
)

func main() {
	var c config
	os.Exit(httpserver.Program{
		Name:   "user-service",
		Config: &c,
		Level:  func() slog.Level { return c.LogLevel },
		Health: func() string { return c.HealthListen },
		Run:    func(ctx context.Context, log *slog.Logger) error { return run(ctx, log, &c, nil) },
	}.Main(os.Args))
}

// run is the program: it serves until the context ends. It calls started, if not nil, with the addresses of the public,
// the internal and the health listener once all are open.
func run(ctx context.Context, log *slog.Logger, c *config, started func([]net.Addr)) error {
	db, err := postgres.Open(c.DatabaseURL.Reveal(), time.Now)
	if err != nil {
		return err
	}
	defer db.Close()
	users, err := newUsers(c, db, log)
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: callTimeout}
	keys := token.NewRemoteKeys(c.AuthServiceURL, client, time.Now)
	server := api.API{Users: users, Keys: keys, Secret: c.ServiceSecret.Reveal(), Site: c.PublicURL, Log: log}
	start := startup{db: db, users: users, uid: c.AdminUID, password: c.AdminPassword.Reveal(), log: log}

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		keys.Run(ctx, func(err error) { log.Warn("token keys not fetched", "error", err) })
		return nil
	})
	group.Go(func() error { return start.run(ctx) })
	group.Go(func() error {
		users.ForgetLinks(ctx, time.Tick(forgetEvery))
		return nil
	})
	group.Go(func() error {
		return httpserver.Run(ctx, log, started,
			httpserver.Server{App: server.Public(), Addr: c.Listen},
			httpserver.Server{App: server.Internal(), Addr: c.InternalListen},
			httpserver.Server{App: httpserver.Health(start.ready, log), Addr: c.HealthListen})
	})
	return group.Wait()
}

// newUsers puts the domain together.
func newUsers(c *config, db *postgres.DB, log *slog.Logger) (*user.Service, error) {
	running := runtime.GOMAXPROCS(0) // a hash keeps one core busy
	queue := password.NewQueue(running, running*password.WaitingPerSlot, password.MaxWait)
	queue.WhenIdle(restAfter, debug.FreeOSMemory) // a hash leaves 19 MiB behind, and the next may be hours away
	hasher, err := password.New(queue, rand.Reader, log)
	if err != nil {
		return nil, err
	}
	users := &user.Service{
		Store: db, Passwords: hasher, Policy: password.Policy, CheckHash: password.Check,
		Closed: c.Registration == registrationClosed, Mail: c.Mail == mailOn, Now: time.Now, Random: rand.Reader, Log: log,
	}
	if c.GitHubToken != "" {
		users.Registry = github.New(c.GitHubURL, c.GitHubToken.Reveal(), &http.Client{Timeout: callTimeout})
	}
	return users, nil
}
