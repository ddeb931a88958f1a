//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// TestProveRevocation: people sign out under load at any of three gateways, while gateways stand still, die and come, and
// Redis is restarted, flushed, paused, cut off and trimmed. Whatever request leaves after the answer to a sign-out is refused.
func TestProveRevocation(t *testing.T) {
	machine, ok := stack.(native)
	if !ok {
		t.Skip("the containers publish one gateway")
	}
	p := prove(t, "No 2xx for a request that leaves after the 2xx of its sign-out, whatever fails")
	l := &leavers{t: t, p: p, goal: int64(scaled(60, 10_000)), uid: signUp(t, "leaver"), gates: []string{baseURL}}
	var others []*gatewayProcess
	for range 2 {
		others = append(others, machine.anotherGateway(t))
		l.gates = append(l.gates, others[len(others)-1].base)
	}
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() { machine.trouble(t, others, stop) })
	var workers sync.WaitGroup
	for range scaled(8, 32) {
		workers.Go(l.work)
	}
	workers.Wait()
	close(stop)
	group.Wait()
	slices.Sort(l.took)
	p.figure = fmt.Sprintf("%d sign-outs, p50 %v, worst %v", len(l.took), l.took[len(l.took)/2].Round(100*time.Microsecond),
		l.took[len(l.took)-1].Round(time.Millisecond))
	wellAgain(t, newlySignedIn(t, l.uid, password))
}

// leavers sign in and out.
type leavers struct {
	t     *testing.T
	p     *proof
	uid   string
	gates []string
	goal  int64
	done  atomic.Int64

	mu   sync.Mutex
	took []time.Duration // by sign-outs that were answered
}

func (l *leavers) work() {
	for deadline := time.Now().Add(30 * time.Minute); l.done.Load() < l.goal && time.Now().Before(deadline); {
		in, err := ask(l.any(), "POST", "/api/authenticate", credential(l.uid, password), fromAddress(rand.IntN(1<<16))...)
		if err != nil || in.Status != 200 {
			continue // Redis is away
		}
		l.leave("jwt=" + in.given("jwt"))
	}
}

func (l *leavers) any() string { return l.gates[rand.IntN(len(l.gates))] }

// leave signs out, and then comes back everywhere.
func (l *leavers) leave(cookie string) {
	ask(l.any(), "GET", "/api/id", nil, "Cookie", cookie) // so that its token is known there
	began := time.Now()
	out, err := ask(baseURL, "DELETE", "/api/authenticate", nil, "Cookie", cookie)
	if err != nil || out.Status != 200 {
		return // not signed out, and not told so
	}
	l.done.Add(1)
	l.mu.Lock()
	l.took = append(l.took, time.Since(began))
	l.mu.Unlock()
	var group sync.WaitGroup
	for _, gate := range l.gates { // at once: one that stands still must not give the others time
		group.Go(func() {
			again, err := ask(gate, "GET", "/api/id", nil, "Cookie", cookie)
			if err == nil { // a gateway that is away accepts nothing
				l.p.holds(l.t, again.Status == 401 || again.Status == 503, "%s let it in: %d", gate, again.Status)
			}
		})
	}
	group.Wait()
}

// trouble does one bad thing after another until it is stopped. Every gateway and Redis are well again when it returns.
func (n native) trouble(t *testing.T, others []*gatewayProcess, stop chan struct{}) {
	secret, err := os.ReadFile(filepath.Join(n.dir, "secrets/redis/password"))
	if err != nil {
		t.Error(err)
		return
	}
	store := redis.NewClient(&redis.Options{Addr: "127.0.0.1:26379", Password: strings.TrimSpace(string(secret))})
	defer store.Close()
	ctx := context.Background()
	deeds := []func(){
		func() { standStill(others[rand.IntN(len(others))]) },
		func() { store.Do(ctx, "CLIENT", "KILL", "TYPE", "normal") },
		func() { cutFollowers(ctx, store) },
		func() { store.Do(ctx, "CLIENT", "PAUSE", "700") },
		func() { store.XTrimMaxLen(ctx, "{rev}:log", 0) },
		func() { n.restartRedis(t) },
		func() { store.FlushAll(ctx) },
		func() { others[0].restart(t) },
	}
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(200+rand.IntN(600)) * time.Millisecond):
		}
		deeds[i%len(deeds)]()
	}
}

// cutFollowers ends the connections on which gateways follow the log, and no others.
func cutFollowers(ctx context.Context, store *redis.Client) {
	list, _ := store.ClientList(ctx).Result() // none while Redis is away
	for client := range strings.Lines(list) {
		if strings.Contains(client, " cmd=xread ") {
			id, _, _ := strings.Cut(strings.TrimPrefix(client, "id="), " ")
			store.Do(ctx, "CLIENT", "KILL", "ID", id)
		}
	}
}

// standStill stops a gateway for longer than a lease.
func standStill(g *gatewayProcess) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cmd.Process.Signal(syscall.SIGSTOP)
	<-time.After(3 * time.Second)
	g.cmd.Process.Signal(syscall.SIGCONT)
}

func (n native) restartRedis(t *testing.T) {
	if err := n.Kill("redis"); err != nil {
		t.Error(err)
	}
	if err := n.Start("redis"); err != nil {
		t.Error(err)
	}
}
