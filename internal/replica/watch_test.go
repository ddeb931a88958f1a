package replica_test

import (
	"testing"
	"time"
)

func TestAnIdleReplicaThatDiesIsEjectedWithinASecondAndTakenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "", first, second)
	h.start(first)
	b := h.start(second)
	h.wants(2, map[string]int{first: 1, second: 1})
	b.CloseClientConnections()
	b.Close()
	if took := h.await("replica ejected " + second); took > time.Second {
		t.Errorf("ejected after %s", took)
	}
	h.wants(4, map[string]int{first: 4})
	h.start(second)
	h.await("replica well " + second)
	h.wants(4, map[string]int{first: 2, second: 2})
}

// It takes connections, as a stopped process does, but answers nothing.
func TestAReplicaThatHangsIsEjectedAndTakenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "", first, second)
	h.start(first)
	b := h.start(second)
	b.hanging.Store(true)
	hung := make(chan string, 2)
	for range 2 {
		go func() { hung <- h.get("/") }()
	}
	if got := <-hung; got != first {
		t.Errorf("answered by %s", got)
	}
	h.await("replica ejected " + second)
	h.wants(4, map[string]int{first: 4})
	b.hanging.Store(false)
	close(b.woken)
	if got := <-hung; got != second { // it had the time of its call
		t.Errorf("answered by %s", got)
	}
	h.await("replica well " + second)
	h.wants(4, map[string]int{first: 2, second: 2})
}

func TestAReplicaThatSaysThatItIsIllIsPassedOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "/readyz", first, second)
	h.start(first)
	b := h.start(second)
	h.wants(2, map[string]int{first: 1, second: 1})
	b.ill.Store(true)
	h.await("replica ejected " + second)
	h.wants(4, map[string]int{first: 4})
	h.eventually("its connections are closed", func() bool { return b.opened.Load() == b.closed.Load() })
	b.ill.Store(false)
	h.await("replica well " + second)
	h.wants(4, map[string]int{first: 2, second: 2})
}

func TestWhenNoneIsWellTheyAreUsedAllTheSame(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "/readyz", first)
	a := h.start(first)
	a.ill.Store(true)
	h.await("replica ejected " + first)
	h.wants(2, map[string]int{first: 2})
}

func TestANewReplicaIsUsedOnceItIsWell(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "/readyz", first)
	h.start(first)
	h.wants(1, map[string]int{first: 1})
	b := h.start(second)
	b.ill.Store(true)
	h.names.set(nil, first, second)
	h.eventually("it is probed", func() bool { return b.opened.Load() > 0 })
	h.wants(4, map[string]int{first: 4})
	b.ill.Store(false)
	if took := h.await("replica well " + second); took > 2*time.Second {
		t.Errorf("used after %s", took)
	}
	h.wants(4, map[string]int{first: 2, second: 2})
}

func TestAReplicaThatLeavesFinishesWhatItHas(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "", first, second)
	h.start(first)
	b := h.start(second)
	slow := make(chan string, 1)
	for range 2 { // one of them meets the second
		go func() { slow <- h.get("/slow") }()
	}
	<-b.inside
	h.names.set(nil, first)
	h.eventually("nobody calls it any more", func() bool {
		before := b.served.Load()
		for range 3 {
			h.get("/")
		}
		return b.served.Load() == before
	})
	if got := <-slow; got != first {
		t.Errorf("answered by %s", got)
	}
	close(b.leave)
	if got := <-slow; got != second {
		t.Errorf("answered by %s", got)
	}
	h.eventually("its connections are closed", func() bool { return b.opened.Load() == b.closed.Load() })
}
