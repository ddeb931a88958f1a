//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// stack is what all tests of a run share; a test that stops a part starts it again.
var stack Stack

// adminPassword is the password that the bootstrap made.
var adminPassword string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if stack, err = newStack(); err != nil {
		return fail(err)
	}
	defer func() {
		if err := stack.Remove(); err != nil {
			fail(err)
		}
	}()
	if err := stack.Up(); err != nil {
		return fail(err)
	}
	if adminPassword, err = stack.AdminPassword(); err != nil {
		return fail(err)
	}
	code := m.Run()
	printProofs()
	logs := stack.Logs()
	if strings.Contains(logs, "DATA RACE") {
		code = fail(fmt.Errorf("a data race in a service"))
	}
	if code != 0 {
		fmt.Fprintln(os.Stderr, lastBytes(logs, 20_000))
	}
	return code
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "e2e:", err)
	return 1
}

func lastBytes(text string, n int) string { return text[max(0, len(text)-n):] }
