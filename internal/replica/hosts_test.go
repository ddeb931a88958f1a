package replica_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gatehouse/internal/replica"
)

func TestHostsBeforeTheMachinesOwnNames(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hosts")
	text := "# replicas\n127.0.0.1 users auth\n127.0.0.2\tUSERS # the second\nnonsense users\n127.0.0.9\n::1 six\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	elsewhere := func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("10.0.0.1")}, nil
	}
	lookup := replica.Hosts(file, elsewhere)
	for host, want := range map[string][]string{
		"users": {"127.0.0.1", "127.0.0.2"}, "auth": {"127.0.0.1"}, "six": {"::1"}, "redis": {"10.0.0.1"},
	} {
		got, err := lookup(t.Context(), host)
		if err != nil || !slices.EqualFunc(got, want, func(a netip.Addr, s string) bool { return a.String() == s }) {
			t.Errorf("%s: %v, %v; want %v", host, got, err, want)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if got, err := lookup(t.Context(), "users"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is gone: %v, %v; want an error, so that the last answer is kept", got, err)
	}
}

func TestWithoutAFileTheMachineIsAsked(t *testing.T) {
	n := new(names)
	n.set(nil, "10.0.0.1")
	if got, err := replica.Hosts("", n.lookup)(t.Context(), "users"); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}
