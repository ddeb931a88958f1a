package httpserver_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/internal/httpserver"
)

// sink counts the writes that reach it.
type sink struct {
	mu     sync.Mutex
	text   bytes.Buffer
	writes int
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	return s.text.Write(p)
}

func (s *sink) all() (string, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String(), s.writes
}

func TestLogLinesAreWrittenTogetherAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := new(sink)
		b := httpserver.NewLogBuffer(to)
		var want strings.Builder
		for i := range 100 {
			fmt.Fprintf(b, "line %d\n", i)
			fmt.Fprintf(&want, "line %d\n", i)
		}
		time.Sleep(110 * time.Millisecond) // of the bubble's clock
		if text, writes := to.all(); text != want.String() || writes > 2 {
			t.Errorf("%d writes: %q", writes, text)
		}
		b.Close()
	})
}

func TestNoLogLineIsLostAtTheEnd(t *testing.T) {
	to := new(sink)
	b := httpserver.NewLogBuffer(to)
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			for i := range 2000 {
				fmt.Fprintf(b, "worker %d, line %d, and some more so that the buffer fills up\n", w, i)
			}
		})
	}
	group.Wait()
	b.Close()
	fmt.Fprint(b, "the last one\n")
	text, writes := to.all()
	if n := strings.Count(text, "\n"); n != 16001 || !strings.HasSuffix(text, "the last one\n") {
		t.Errorf("%d lines", n)
	}
	if writes > 2000 {
		t.Errorf("%d writes for 16,000 lines", writes)
	}
}
