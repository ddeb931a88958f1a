package httpserver

import (
	"io"
	"sync"
	"time"
)

// The bounds of a log buffer: how long a line may wait, and how much may.
const (
	logDelay = 100 * time.Millisecond
	logBytes = 64 << 10
)

// LogBuffer gathers log lines and writes many of them in one call of the system, so that no request waits for that. A line
// waits a tenth of a second at most; Close writes what is left. A reader that is slow holds up requests only when twice as
// much waits as one write takes.
type LogBuffer struct {
	to    io.Writer
	wake  chan struct{} // there is something to write
	stop  chan struct{}
	done  chan struct{}
	mu    sync.Mutex
	room  sync.Cond
	lines []byte
	spare []byte
	over  bool
}

// NewLogBuffer writes to the writer until it is closed.
func NewLogBuffer(to io.Writer) *LogBuffer {
	b := &LogBuffer{to: to, wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	b.room.L = &b.mu
	go b.run()
	return b
}

// Write takes a line. After Close it goes straight through.
func (b *LogBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	for len(b.lines) >= logBytes && !b.over {
		b.room.Wait()
	}
	if b.over {
		b.mu.Unlock()
		return b.to.Write(line)
	}
	b.lines = append(b.lines, line...)
	first, full := len(b.lines) == len(line), len(b.lines) >= logBytes
	b.mu.Unlock()
	if first || full {
		select {
		case b.wake <- struct{}{}:
		default:
		}
	}
	return len(line), nil
}

// Close writes what is left.
func (b *LogBuffer) Close() error {
	b.mu.Lock()
	b.over = true
	b.mu.Unlock()
	b.room.Broadcast()
	close(b.stop)
	<-b.done
	return nil
}

func (b *LogBuffer) run() {
	defer close(b.done)
	for {
		select {
		case <-b.wake:
			b.gather()
			b.flush()
		case <-b.stop:
			b.flush()
			return
		}
	}
}

// gather waits for more lines, until there are enough or the first has waited long enough.
func (b *LogBuffer) gather() {
	b.mu.Lock()
	full := len(b.lines) >= logBytes
	b.mu.Unlock()
	if full {
		return
	}
	timer := time.NewTimer(logDelay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-b.wake:
	case <-b.stop:
	}
}

func (b *LogBuffer) flush() {
	b.mu.Lock()
	lines := b.lines
	b.lines, b.spare = b.spare[:0], nil
	b.mu.Unlock()
	b.room.Broadcast()
	if len(lines) > 0 {
		b.to.Write(lines) // there is nowhere to complain
	}
	b.mu.Lock()
	b.spare = lines
	b.mu.Unlock()
}
