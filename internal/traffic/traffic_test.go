package traffic_test

import (
	"sync"
	"testing"
	"time"

	"gatehouse/internal/traffic"
)

func TestAnswersAreCountedByRouteMethodAndClass(t *testing.T) {
	var c traffic.Counter
	user, none := c.Route("/api/user"), c.Route("none")
	user.Count("GET", 200, 300*time.Microsecond)
	user.Count("GET", 204, time.Millisecond)
	user.Count("POST", 503, time.Minute)
	none.Count("BREW", 999, -time.Second) // what cannot be has a place too
	got := c.Read()
	if len(got) != 3 {
		t.Fatalf("%d histograms: %+v", len(got), got)
	}
	get := got[0]
	if get.Route != "/api/user" || get.Method != "GET" || get.Status != "2xx" || get.Count != 2 || get.Sum != 0.0013 ||
		get.Buckets[0.0005] != 1 || get.Buckets[0.001] != 2 || get.Buckets[10] != 2 {
		t.Errorf("GET: %+v", get)
	}
	if post := got[1]; post.Method != "POST" || post.Status != "5xx" || post.Count != 1 || post.Buckets[10] != 0 {
		t.Errorf("POST: %+v", post)
	}
	if odd := got[2]; odd.Route != "none" || odd.Method != "other" || odd.Status != "5xx" || odd.Sum != 0 {
		t.Errorf("a method that nobody knows: %+v", odd)
	}
}

func TestARouteThatComesAgainGoesOnCounting(t *testing.T) {
	var c traffic.Counter
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 1000 {
				c.Route("/api/id").Count("GET", 200, time.Millisecond)
			}
		})
	}
	all.Wait()
	if got := c.Read(); len(got) != 1 || got[0].Count != 4000 {
		t.Errorf("%+v", got)
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	var c traffic.Counter
	r := c.Route("/api/id")
	if n := testing.AllocsPerRun(100, func() { r.Count("GET", 200, time.Millisecond) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCount(b *testing.B) {
	var c traffic.Counter
	r := c.Route("/api/id")
	b.ReportAllocs()
	for b.Loop() {
		r.Count("GET", 200, 400*time.Microsecond)
	}
}

// BenchmarkCountOfOneRouteOnAllProcessors is the worst case: all of them count in the same place.
func BenchmarkCountOfOneRouteOnAllProcessors(b *testing.B) {
	var c traffic.Counter
	r := c.Route("/api/id")
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			r.Count("GET", 200, 400*time.Microsecond)
		}
	})
}
