//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// scaled is how much of something a proof does.
func scaled(short, whole int) int {
	if long {
		return whole
	}
	return short
}

// proof counts the cases of a promise, and how often it was broken.
type proof struct {
	promise string
	figure  string // beside the counts

	mu                sync.Mutex
	cases, violations int
}

var (
	proofsMu sync.Mutex
	proofs   []*proof
)

// prove begins a proof. The test fails when it ends with a violation, or without any case.
func prove(t *testing.T, promise string) *proof {
	t.Helper()
	p := &proof{promise: promise}
	t.Cleanup(func() {
		if p.violations > 0 || p.cases == 0 {
			t.Errorf("%s: %d cases, %d violations", p.promise, p.cases, p.violations)
		}
		proofsMu.Lock()
		defer proofsMu.Unlock()
		proofs = append(proofs, p)
	})
	return p
}

// holds counts a case and logs why it broke the promise, if it did.
func (p *proof) holds(t *testing.T, ok bool, format string, args ...any) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cases++
	if !ok {
		if p.violations++; p.violations <= 5 {
			t.Logf(format, args...)
		}
	}
}

// printProofs writes the table of what was proved.
func printProofs() {
	proofsMu.Lock()
	defer proofsMu.Unlock()
	if len(proofs) == 0 {
		return
	}
	var table strings.Builder
	table.WriteString("\n| promise | cases | violations | figure |\n|---|---|---|---|\n")
	for _, p := range proofs {
		fmt.Fprintf(&table, "| %s | %d | %d | %s |\n", p.promise, p.cases, p.violations, p.figure)
	}
	fmt.Println(table.String())
}
