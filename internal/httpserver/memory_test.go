package httpserver

import (
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
)

func TestMemoryFitsTheContainer(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	for text, want := range map[string]int64{
		"268435456\n": 241591905, "max\n": math.MaxInt64, "9223372036854771712\n": math.MaxInt64, "": math.MaxInt64, "-1": math.MaxInt64,
	} {
		file := filepath.Join(t.TempDir(), "memory.max")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		debug.SetMemoryLimit(math.MaxInt64)
		fitMemory([]string{file + ".none", file})
		if got := debug.SetMemoryLimit(-1); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	debug.SetMemoryLimit(1 << 30) // as GOMEMLIMIT does
	file := filepath.Join(t.TempDir(), "memory.max")
	os.WriteFile(file, []byte("268435456"), 0o600)
	if fitMemory([]string{file}); debug.SetMemoryLimit(-1) != 1<<30 {
		t.Error("GOMEMLIMIT does not hold")
	}
}
