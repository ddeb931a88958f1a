package redisurl_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/internal/redistest"
	"gatehouse/internal/redisurl"
)

func TestSchemes(t *testing.T) {
	for url, want := range map[string]string{
		"redis://localhost:6379/0":                                                 "*redis.Client",
		"redis://:pw@localhost:6379/3":                                             "*redis.Client",
		"rediss://localhost:6379":                                                  "*redis.Client",
		"redis+cluster://:pw@a:6379?addr=b:6379&addr=c:6379":                       "*redis.ClusterClient",
		"redis+sentinel://a:26379/0?master_name=primary&addr=b:26379&addr=c:26379": "*redis.Client",
	} {
		client, err := redisurl.Open(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if got := fmt.Sprintf("%T", client); got != want {
			t.Errorf("%s opens a %s; want a %s", url, got, want)
		}
		client.Close()
	}
}

func TestWhatTheURLSaysIsUsed(t *testing.T) {
	client, err := redisurl.Open("rediss://u:pw@host:7777/3")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	o := client.(*redis.Client).Options()
	if o.Addr != "host:7777" || o.DB != 3 || o.Username != "u" || o.Password != "pw" || o.TLSConfig == nil || !o.ContextTimeoutEnabled {
		t.Errorf("the options are %+v", o)
	}
}

func TestMistakesDoNotShowThePassword(t *testing.T) {
	for _, url := range []string{
		"", "hunter2", "http://:hunter2@host", "redis:/:hunter2@host", "redis://:hunter2@host:port", "redis://:hunter2@host/db",
		"redis://:hunter2@host:6379/0?unknown=hunter2", "rediss://:hunter2@%zz", "redis+cluster://:hunter2@host:port?addr=:::",
		"redis+cluster://:hunter2@%zz", "redis+sentinel://:hunter2@%zz", "REDIS+X://:hunter2@h",
	} {
		client, err := redisurl.Open(url)
		if err == nil {
			client.Close()
			t.Errorf("%q is taken", url)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %q shows the password", url, err)
		}
	}
}

func open(t *testing.T, url string) redis.UniversalClient {
	t.Helper()
	client, err := redisurl.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func TestAServerThatMayEvictIsRefused(t *testing.T) {
	server := redistest.Start(t)
	client := open(t, server.URL())
	if err := redisurl.CheckPolicy(t.Context(), client); err != nil {
		t.Errorf("noeviction: %v", err)
	}
	for _, policy := range []string{"allkeys-lru", "volatile-ttl"} {
		if err := client.ConfigSet(t.Context(), "maxmemory-policy", policy).Err(); err != nil {
			t.Fatal(err)
		}
		if err := redisurl.CheckPolicy(t.Context(), client); err == nil || !strings.Contains(err.Error(), policy) {
			t.Errorf("%s: %v; want an error that names it", policy, err)
		}
	}
}

func TestAServerThatDoesNotTellPasses(t *testing.T) {
	server := redistest.Start(t)
	client := open(t, server.URL())
	if err := client.Do(t.Context(), "ACL", "SETUSER", "default", "-config").Err(); err != nil {
		t.Fatal(err)
	}
	if err := redisurl.CheckPolicy(t.Context(), client); err != nil {
		t.Errorf("CONFIG forbidden: %v", err)
	}
}

func TestAServerThatDoesNotAnswerIsNotTakenForASafeOne(t *testing.T) {
	server := redistest.Start(t)
	client := open(t, server.URL())
	server.Stop()
	if err := redisurl.CheckPolicy(t.Context(), client); err == nil || errors.Is(err, redisurl.ErrEvicts) {
		t.Errorf("%v; want that it did not answer", err)
	}
}

func TestOpenDoesNotConnect(t *testing.T) {
	server := redistest.Start(t)
	server.Stop()
	client := open(t, server.URL())
	if err := client.Ping(context.Background()).Err(); err == nil {
		t.Fatal("a server that is stopped answers")
	}
	server.Resume()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Errorf("the same client, with the server back: %v", err)
	}
}

// A request waits on Redis: with go-redis's own 20 attempts to dial it would wait for seconds.
func TestAServerThatIsDownFailsSoon(t *testing.T) {
	server := redistest.Start(t)
	client := open(t, server.URL())
	server.Stop()
	start := time.Now()
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Fatal("a server that is stopped answers")
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v to fail", took)
	}
}

func TestCheckOpensNothing(t *testing.T) {
	for _, url := range []string{"redis://nobody.invalid:6379/0", ""} {
		if err := redisurl.Check(url); err != nil {
			t.Errorf("%q: %v", url, err)
		}
	}
	if err := redisurl.Check("hunter2"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a mistaken URL: %v", err)
	}
}
