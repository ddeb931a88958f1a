package revocation

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// A table is a map, whatever is put in and dropped.
func TestTableIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, want, dropped := newTable(0), map[string]uint64{}, uint64(0)
		for range rapid.IntRange(0, 400).Draw(t, "steps") {
			member := fmt.Sprint(rapid.IntRange(0, 150).Draw(t, "member"))
			score := rapid.Uint64Range(1, 1000).Draw(t, "score")
			dropped = rapid.Uint64Range(dropped, dropped+2).Draw(t, "drop below")
			table.raise(member, score, dropped)
			want[member] = max(want[member], score)
		}
		for member, score := range want {
			got := table.score(hash("", member))
			if got != score && score >= dropped {
				t.Fatalf("score of %s is %d; want %d", member, got, score)
			}
		}
		if table.has(hash("", "never put in")) {
			t.Fatal("a member that is not there")
		}
	})
}

func TestTableIsReadWhileItIsWritten(t *testing.T) {
	table := newTable(0)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if table.score(hash("", "first")) != 0 && table.score(hash("", "first")) != 7 {
					t.Error("a score that nobody put in")
					return
				}
			}
		})
	}
	table.raise("first", 7, 0)
	for i := range 20_000 {
		table.raise(fmt.Sprint(i), uint64(i+1), 0)
	}
	close(done)
	readers.Wait()
	if table.score(hash("", "first")) != 7 || table.score(hash("", "19999")) != 20_000 {
		t.Error("a member was lost")
	}
}

func TestTableStaysSmall(t *testing.T) {
	const entries = 200_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	table := newTable(0)
	for i := range entries {
		table.raise(fmt.Sprint("sid:", i), 1, 0)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (after.HeapAlloc - before.HeapAlloc) / entries; each > 64 {
		t.Errorf("%d bytes an entry", each)
	}
	runtime.KeepAlive(table)
}
