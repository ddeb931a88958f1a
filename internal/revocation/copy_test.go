package revocation_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/internal/redistest"
	"gatehouse/internal/revocation"
)

// gate is a gateway's copy with a clock of its own.
type gate struct {
	*revocation.Follower
	ahead atomic.Int64 // of the machine's clock, in nanoseconds
	seen  chan struct{}
	end   context.CancelFunc
}

func (g *gate) now() time.Time { return time.Now().Add(time.Duration(g.ahead.Load())) }

// openGate starts a copy and waits for its first lease.
func openGate(t *testing.T, server *redistest.Server) *gate {
	t.Helper()
	g := &gate{seen: make(chan struct{}, 1000)}
	g.Follower = revocation.Follow(server.Client(), g.now, slog.New(slog.DiscardHandler), func(func(revocation.Token) bool) {
		g.seen <- struct{}{}
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.Run(ctx)
	}()
	g.end = func() {
		cancel()
		<-done
	}
	t.Cleanup(g.end)
	g.holds(t, true)
	return g
}

// holds waits until the copy has a lease, or has none.
func (g *gate) holds(t *testing.T, want bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for g.Held() != want {
		if time.Now().After(deadline) {
			t.Fatalf("the lease is held: %t; want %t", !want, want)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func (g *gate) want(t *testing.T, token revocation.Token, revoked bool) {
	t.Helper()
	got, err := g.Revoked(t.Context(), token)
	if err != nil || got != revoked {
		t.Errorf("Revoked(%+v) = %v, %v; want %v", token, got, err, revoked)
	}
}

func TestARevocationIsInEveryCopyBeforeItReturns(t *testing.T) {
	server, list, token, _ := newList(t)
	gates := []*gate{openGate(t, server), openGate(t, server), openGate(t, server)}
	settle(t, list)
	for n := range 200 {
		token.SessionID = string(rune('a'+n%26)) + string(rune('0'+n/26))
		for _, g := range gates {
			g.want(t, token, false)
		}
		began := time.Now()
		if err := list.Session(t.Context(), token.SessionID, time.Now().Add(ttl)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took >= revocation.Lease {
			t.Errorf("it took %v although all were there", took)
		}
		for _, g := range gates {
			if !g.Held() {
				t.Error("a gateway lost its lease")
			}
			g.want(t, token, true)
		}
	}
}

// settle waits until the generation is older than a lease, so that nobody waits for its age.
func settle(t *testing.T, list *revocation.List) {
	t.Helper()
	if err := list.Session(t.Context(), "settle", time.Now().Add(ttl)); err != nil {
		t.Fatal(err)
	}
}

func TestAStoppedGatewayIsWaitedForNoLongerThanALease(t *testing.T) {
	server, list, token, _ := newList(t)
	g := openGate(t, server)
	settle(t, list)
	stopped := openGate(t, server)
	stopped.end() // as it gives its lease back, nobody waits
	began := time.Now()
	if err := list.Session(t.Context(), "s2", time.Now().Add(ttl)); err != nil || time.Since(began) > revocation.Lease/2 {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	if err := server.Client().HSet(t.Context(), "{rev}:gateways", "hung", 0).Err(); err != nil { // one that gave nothing back
		t.Fatal(err)
	}
	began = time.Now()
	if err := list.Session(t.Context(), "s1", time.Now().Add(ttl)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < revocation.Lease || took > revocation.Lease+time.Second {
		t.Errorf("with a gateway that hangs it took %v; want a lease", took)
	}
	g.want(t, token, true)
	began = time.Now()
	if err := list.Session(t.Context(), "s3", time.Now().Add(ttl)); err != nil || time.Since(began) > revocation.Lease/2 {
		t.Errorf("the next one waits for it again: %v after %v", err, time.Since(began))
	}
}

func TestWithoutALeaseRedisIsAsked(t *testing.T) {
	server, list, token, _ := newList(t)
	g := openGate(t, server)
	g.want(t, token, false)
	g.ahead.Store(int64(time.Hour)) // as after a suspension: the lease is over, and no renewal has come yet
	if g.Held() {
		t.Fatal("a lease outlives its time")
	}
	if err := server.Client().ZAdd(t.Context(), "{rev}:set", z("sid:s1", time.Now().Add(ttl))).Err(); err != nil {
		t.Fatal(err)
	}
	g.want(t, token, true) // though the log never told of it
	_ = list
}

func TestLostDataAreANewGeneration(t *testing.T) {
	server, list, token, _ := newList(t)
	g := openGate(t, server)
	settle(t, list)
	if err := server.Client().FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := list.Session(t.Context(), "s1", time.Now().Add(ttl)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < revocation.Lease-100*time.Millisecond {
		t.Errorf("it took %v: a gateway may have held a lease of the generation before", took)
	}
	g.want(t, token, true)
	g.holds(t, true)
	g.want(t, token, true)
	fresh, err := list.Generation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token.Generation, token.SessionID = fresh, "s2"
	g.want(t, token, false)
}

// Were nobody known after a loss of the data taken for everybody who has acknowledged, a revoker that waits would answer
// while a gateway still holds its lease.
func TestAFlushIsNoAcknowledgement(t *testing.T) {
	server, list, _, _ := newList(t)
	settle(t, list)
	client := server.Client()
	if err := client.HSet(t.Context(), "{rev}:gateways", "hung", 0).Err(); err != nil {
		t.Fatal(err)
	}
	began, done := time.Now(), make(chan error, 1)
	go func() { done <- list.Session(t.Context(), "s1", time.Now().Add(ttl)) }()
	for client.ZScore(t.Context(), "{rev}:set", "sid:s1").Err() != nil {
		<-time.After(time.Millisecond)
	}
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil || time.Since(began) < revocation.Lease {
		t.Errorf("%v after %v; want a whole lease", err, time.Since(began))
	}
}

func TestATrimmedLogMakesTheCopyAnew(t *testing.T) {
	server, list, token, _ := newList(t)
	g := openGate(t, server)
	settle(t, list)
	pipe := server.Client().TxPipeline() // an entry that is not in the log any more
	pipe.HIncrBy(t.Context(), "{rev}:gen", "seq", 1)
	pipe.ZAdd(t.Context(), "{rev}:set", z("sid:s1", time.Now().Add(ttl)))
	pipe.Del(t.Context(), "{rev}:log")
	if _, err := pipe.Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; <-time.After(10 * time.Millisecond) {
		if revoked, err := g.Revoked(t.Context(), token); err == nil && revoked && g.Held() {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the copy never got the entry and a lease")
		}
	}
}

// A server that has lost its last writes, as a replica that takes over may have, is noticed by whoever has seen them.
func TestLostEntriesAreANewGeneration(t *testing.T) {
	server, list, token, _ := newList(t)
	g := openGate(t, server)
	settle(t, list)
	if err := list.Session(t.Context(), "s1", time.Now().Add(ttl)); err != nil {
		t.Fatal(err)
	}
	client := server.Client()
	client.HSet(t.Context(), "{rev}:gen", "seq", 1)
	client.ZRem(t.Context(), "{rev}:set", "sid:s1")
	deadline := time.Now().Add(10 * time.Second)
	for before := token.Generation; ; {
		now, err := list.Generation(t.Context())
		if err == nil && now != before {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the loss was not noticed")
		}
		<-time.After(20 * time.Millisecond)
	}
	g.holds(t, true)
	g.want(t, token, true)
}

func TestAGapInTheLogMakesTheCopyAnew(t *testing.T) {
	server, list, token, _ := newList(t)
	g := openGate(t, server)
	settle(t, list)
	client := server.Client()
	pipe := client.TxPipeline() // an entry that the log never shows, and one behind it
	pipe.HIncrBy(t.Context(), "{rev}:gen", "seq", 1)
	pipe.ZAdd(t.Context(), "{rev}:set", z("sid:s1", time.Now().Add(ttl)))
	if _, err := pipe.Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := list.Session(t.Context(), "s2", time.Now().Add(ttl)); err != nil {
		t.Fatal(err)
	}
	g.holds(t, true)
	g.want(t, token, true)
}

func TestRedisDownIsUnknownOnceTheLeaseIsOver(t *testing.T) {
	server, _, token, _ := newList(t)
	g := openGate(t, server)
	server.Stop()
	g.want(t, token, false) // inside the lease
	g.holds(t, false)
	if _, err := g.Revoked(t.Context(), token); err == nil {
		t.Error("a token was let in that nobody could look up")
	}
	server.Resume()
	g.holds(t, true)
	g.want(t, token, false)
}

func TestTheCopyBeginsWithWhatIsThere(t *testing.T) {
	server, list, token, now := newList(t)
	for _, sid := range []string{"s1", "s2"} {
		if err := list.Session(t.Context(), sid, time.Now().Add(ttl)); err != nil {
			t.Fatal(err)
		}
	}
	if err := list.User(t.Context(), "8", *now); err != nil {
		t.Fatal(err)
	}
	g := openGate(t, server)
	g.want(t, token, true)
	token.SessionID = "s3"
	g.want(t, token, false)
	token.Subject = "8"
	g.want(t, token, true)
}

func TestTheGuardAllocatesNothing(t *testing.T) {
	server, _, token, _ := newList(t)
	g := openGate(t, server)
	ctx := t.Context()
	if n := testing.AllocsPerRun(1000, func() { g.Revoked(ctx, token) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
