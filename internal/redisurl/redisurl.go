// Package redisurl opens the Redis that a URL names: one server, a cluster, or a primary that sentinels watch.
//
//	redis://[:password@]host:port/db            one server; rediss:// with TLS
//	redis+cluster://host:port?addr=host:port    a cluster; further nodes as addr
//	redis+sentinel://host:port/db?master_name=name&addr=host:port
package redisurl

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// A request waits on Redis, so a server that does not answer must fail soon. The answers themselves take under 1 ms.
const (
	dialTimeout = time.Second
	callTimeout = time.Second
	dialTries   = 1 // go-redis would dial 5 times for each of 4 tries
	retries     = 1
)

// Open makes a client. It does not connect yet, so a server that is down is no error here.
func Open(url string) (redis.UniversalClient, error) {
	client, err := open(url)
	if err == nil {
		client.AddHook(traced{})
	}
	return client, err
}

// After as many failed dials as the pool may have connections, go-redis tries only once a second, and so goes on to fail for
// as long when Redis is back. The pool is larger than any load needs, so that it does not come to that in a short outage.
const poolSize, idleConns = 500, 32

func open(url string) (redis.UniversalClient, error) {
	logging.Disable() // its errors come back from each call
	switch scheme, rest, _ := strings.Cut(url, "://"); scheme {
	case "redis", "rediss":
		return single(url)
	case "redis+cluster":
		return cluster("redis://" + rest)
	case "redis+sentinel":
		return sentinel("redis://" + rest)
	default:
		return nil, errors.New("the scheme is none of redis, rediss, redis+cluster, redis+sentinel")
	}
}

func single(url string) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("not a Redis URL") // the cause would show the password
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, callTimeout, callTimeout
	o.DialerRetries, o.MaxRetries = dialTries, retries
	o.PoolSize, o.MaxIdleConns = poolSize, idleConns
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(o), nil
}

func cluster(url string) (redis.UniversalClient, error) {
	o, err := redis.ParseClusterURL(url)
	if err != nil {
		return nil, errors.New("not a Redis cluster URL")
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, callTimeout, callTimeout
	o.DialerRetries, o.MaxRetries = dialTries, retries
	o.PoolSize, o.MaxIdleConns = poolSize, idleConns
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	o.ReadOnly, o.RouteByLatency, o.RouteRandomly = false, false, false // a replica may not know of a revocation yet
	return redis.NewClusterClient(o), nil
}

func sentinel(url string) (redis.UniversalClient, error) {
	o, err := redis.ParseFailoverURL(url)
	if err != nil {
		return nil, errors.New("not a Redis sentinel URL")
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, callTimeout, callTimeout
	o.DialerRetries, o.MaxRetries = dialTries, retries
	o.PoolSize, o.MaxIdleConns = poolSize, idleConns
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.ReplicaOnly = false // a replica may not know of a revocation yet
	return redis.NewFailoverClient(o), nil
}

// Check finds what is wrong with a URL in a service's configuration. None at all is for env to report.
func Check(url string) error {
	if url == "" {
		return nil
	}
	client, err := Open(url)
	if err != nil {
		return err
	}
	return client.Close()
}

// ErrEvicts is a server whose policy lets it drop keys.
var ErrEvicts = errors.New("redis may evict keys: maxmemory-policy must be noeviction")

// CheckPolicy fails with ErrEvicts when the server may evict keys: a revocation that is evicted is a session that comes
// back. A server that refuses to tell, as hosted ones do, passes. Any other error is a server that did not answer.
func CheckPolicy(ctx context.Context, client redis.UniversalClient) error {
	policy, err := client.ConfigGet(ctx, "maxmemory-policy").Result()
	var refused redis.Error
	if errors.As(err, &refused) {
		return nil
	}
	if err != nil {
		return err
	}
	if p, known := policy["maxmemory-policy"]; known && p != "noeviction" {
		return fmt.Errorf("%w, not %s", ErrEvicts, p)
	}
	return nil
}
