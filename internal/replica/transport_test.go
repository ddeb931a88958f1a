package replica_test

import (
	"net/http"
	"strings"
	"testing"

	"gatehouse/internal/replica"
)

const first, second, third = "127.0.0.1", "127.0.0.2", "127.0.0.3"

func TestCallsAreSpreadOnKeptConnections(t *testing.T) {
	h := newHouse(t, "", first, second)
	a, b := h.start(first), h.start(second)
	h.wants(20, map[string]int{first: 10, second: 10})
	if a.opened.Load() != 1 || b.opened.Load() != 1 {
		t.Errorf("%d and %d connections for ten calls each", a.opened.Load(), b.opened.Load())
	}
}

func TestADeadReplicaIsPassedOver(t *testing.T) {
	h := newHouse(t, "", first, second)
	h.start(first)
	h.wants(10, map[string]int{first: 10})
	h.await("replica ejected " + second)
}

func TestWithAllReplicasDeadACallFails(t *testing.T) {
	if got := newHouse(t, "", first, second).get("/"); !strings.HasPrefix(got, "error: ") {
		t.Errorf("answered %s", got)
	}
}

func TestACallThatMayBeRepeatedIs(t *testing.T) {
	h := newHouse(t, "", first, second)
	a := h.start(first)
	h.start(second)
	a.hangUps.Store(1)
	for range 2 {
		if got := h.post(replica.Repeatable); strings.HasPrefix(got, "error") {
			t.Error(got)
		}
	}
	if a.hangUps.Load() > 0 {
		t.Error("no call met the replica that hangs up")
	}
}

func TestACallThatMayNotIsMadeOnceAndOnAConnectionOfItsOwn(t *testing.T) {
	h := newHouse(t, "", first)
	a := h.start(first)
	once := func(*http.Request) {}
	for range 3 {
		if got := h.post(once); got != first {
			t.Fatal(got)
		}
	}
	if opened := a.opened.Load(); opened != 3 {
		t.Errorf("%d connections for three calls", opened)
	}
	a.hangUps.Store(1)
	if got := h.post(once); !strings.HasPrefix(got, "error: ") || a.served.Load() != 3 {
		t.Errorf("%s; served %d", got, a.served.Load())
	}
}
