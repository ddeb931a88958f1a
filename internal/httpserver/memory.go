package httpserver

import (
	"bytes"
	"math"
	"os"
	"runtime/debug"
	"strconv"
)

// limitFiles say how much memory a container may have, in bytes: control groups of version 2, and of version 1.
var limitFiles = []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}

// fitMemory has the garbage collector keep below nine tenths of what the container may have, unless GOMEMLIMIT says another
// limit. What a machine has for all is no limit. The number of threads fits by itself: Go reads the container's share of
// the processors.
func fitMemory(files []string) {
	const unset = math.MaxInt64
	if debug.SetMemoryLimit(-1) != unset {
		return
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		most, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
		if err != nil || most <= 0 || most >= unset/2 { // version 1 writes nearly the highest number for none
			return
		}
		debug.SetMemoryLimit(most / 10 * 9)
		return
	}
}
