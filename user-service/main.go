// Command user-service owns the accounts: it keeps them in PostgreSQL, checks credentials for auth-service, and serves the
// public calls about users behind the gateway.
package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"gatehouse/internal/authapi"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/replica"
	"gatehouse/internal/token"
	"gatehouse/internal/traffic"
	"gatehouse/user-service/internal/api"
	"gatehouse/user-service/internal/github"
	"gatehouse/user-service/internal/password"
	"gatehouse/user-service/internal/postgres"
	"gatehouse/user-service/internal/user"
)

const (
	callTimeout = 5 * time.Second // of calls to auth-service and GitHub
	retryEvery  = time.Second     // while the database cannot be reached at start
	restAfter   = 2 * time.Second // without any password to hash
	maxHashes   = 4               // at a time, at most 32 MiB each: within the container's 256 MiB on any machine
	relayEvery  = time.Second     // for changes that did not reach auth-service at once
	sweepEvery  = time.Hour       // for one-time links that have expired, and entries of the audit past their retention
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
	working, end := context.WithCancel(context.WithoutCancel(ctx)) // until the last request is answered
	defer end()
	outbox := postgres.NewOutbox(db, newSessions(working, c, log), log)
	queue := newQueue()
	users, err := newUsers(c, db, outbox, queue, log)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: replicasOf(working, c.AuthServiceURL, c, log), Timeout: callTimeout}
	keys := token.NewRemoteKeys(c.AuthServiceURL, client, time.Now)
	answers := new(traffic.Counter)
	server := api.API{
		Users: users, Keys: keys, Secret: c.ServiceSecret.Reveal(), Site: c.PublicURL, Log: log, Traffic: answers,
	}
	start := startup{db: db, keys: keys, users: users, uid: c.AdminUID, password: c.AdminPassword.Reveal(), log: log}

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		keys.Run(working, func(err error) { log.Warn("token keys not fetched", "error", err) })
		return nil
	})
	group.Go(func() error {
		if err := start.run(working); err != nil {
			return err
		}
		work(working, db, users, outbox, c.AuditRetention, log)
		return nil
	})
	group.Go(func() error {
		defer end()
		service := httpserver.Service{
			Log: log, Health: c.HealthListen, Ready: start.ready, Drain: c.Drain, Started: started,
			Metrics: seen{db, queue, answers}.metrics(),
		}
		return service.Run(ctx,
			httpserver.Server{App: server.Public(), Addr: c.Listen, Probed: true},
			httpserver.Server{App: server.Internal(), Addr: c.InternalListen, Probed: true})
	})
	return group.Wait()
}

// work does what nobody asks for, until the context ends.
func work(
	ctx context.Context, db *postgres.DB, users *user.Service, outbox *postgres.Outbox, retention time.Duration, log *slog.Logger,
) {
	var all sync.WaitGroup
	all.Go(func() { outbox.Run(ctx, time.Tick(relayEvery)) })
	all.Go(func() { users.ForgetLinks(ctx, time.Tick(sweepEvery)) })
	all.Go(func() { db.Sweep(ctx, retention, time.Tick(sweepEvery), log) })
	all.Wait()
}

// newSessions calls auth-service's internal listener.
func newSessions(ctx context.Context, c *config, log *slog.Logger) *authapi.Client {
	client := &http.Client{Transport: replicasOf(ctx, c.AuthInternalURL, c, log), Timeout: callTimeout}
	return authapi.NewClient(c.AuthInternalURL.String(), c.ServiceSecret.Reveal(), client)
}

// replicasOf follows the replicas of auth-service.
func replicasOf(ctx context.Context, service *url.URL, c *config, log *slog.Logger) *replica.Transport {
	return replica.NewTransport(ctx, service, replica.Options{
		Lookup: replica.Hosts(c.HostsFile, replica.System), Log: log, Health: httpserver.ReadyPath,
	})
}

// newQueue bounds the password hashes.
func newQueue() *password.Queue {
	running := min(runtime.GOMAXPROCS(0), maxHashes) // a hash keeps one core busy
	queue := password.NewQueue(running, running*password.WaitingPerSlot, password.MaxWait)
	queue.WhenIdle(restAfter, debug.FreeOSMemory) // a hash leaves 19 MiB behind, and the next may be hours away
	return queue
}

// newUsers puts the domain together.
func newUsers(
	c *config, db *postgres.DB, outbox *postgres.Outbox, queue *password.Queue, log *slog.Logger,
) (*user.Service, error) {
	hasher, err := password.New(queue, rand.Reader, log)
	if err != nil {
		return nil, err
	}
	users := &user.Service{
		Store: db, Outbox: outbox, Passwords: hasher, Policy: password.Policy, CheckHash: password.Check,
		Closed: c.Registration == registrationClosed, Mail: c.Mail == mailOn, RingKey: []byte(c.ServiceSecret.Reveal()),
		Now: time.Now, Random: rand.Reader, Log: log,
	}
	if c.GitHubToken != "" {
		users.Registry = github.New(c.GitHubURL, c.GitHubToken.Reveal(), &http.Client{Timeout: callTimeout})
	}
	return users, nil
}
