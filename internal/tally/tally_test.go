package tally_test

import (
	"sync"
	"testing"

	"gatehouse/internal/tally"
)

func TestCountsOfManyAtOnce(t *testing.T) {
	var counts tally.Tally[[2]string]
	counts.Expect([2]string{"login", "throttled"})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				counts.Add([2]string{"login", "success"})
			}
		})
	}
	all.Wait()
	got := make(map[[2]string]uint64)
	counts.Each(func(kind [2]string, n uint64) { got[kind] = n })
	if n, known := got[[2]string{"login", "throttled"}]; got[[2]string{"login", "success"}] != 8000 || !known || n != 0 {
		t.Errorf("counted %v", got)
	}
}
