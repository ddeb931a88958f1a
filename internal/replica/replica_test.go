package replica_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/internal/replica"
)

// names is a name server whose answer a test changes.
type names struct {
	mu    sync.Mutex
	addrs []netip.Addr
	err   error
	asked int
}

func (n *names) set(err error, addrs ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.err, n.addrs = err, nil
	for _, a := range addrs {
		n.addrs = append(n.addrs, netip.MustParseAddr(a))
	}
}

func (n *names) lookup(_ context.Context, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	if host != "users" {
		return nil, fmt.Errorf("asked for %q", host)
	}
	return slices.Clone(n.addrs), n.err
}

// The steps of a second each; the time is not real.
func TestFollowTellsEachChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, told := new(names), make(chan []string, 10)
		steps := []struct {
			err   error
			found []string
			want  []string // nil: nothing is told
		}{
			{errors.New("no such host yet"), nil, nil},
			{nil, []string{"10.0.0.2", "10.0.0.1"}, []string{"10.0.0.1:80", "10.0.0.2:80"}},
			{nil, []string{"10.0.0.1", "10.0.0.2"}, nil},
			{errors.New("the name server is down"), nil, nil},
			{nil, nil, nil},
			{nil, []string{"10.0.0.1", "10.0.0.2", "10.0.0.1"}, nil},
			{nil, []string{"::ffff:10.0.0.3", "fd00::1"}, []string{"10.0.0.3:80", "[fd00::1]:80"}},
			{nil, []string{"10.0.0.3"}, []string{"10.0.0.3:80"}},
		}
		n.set(steps[0].err, steps[0].found...)
		ctx, stop := context.WithCancel(t.Context())
		go func() {
			defer close(told)
			replica.Follow(ctx, n.lookup, "users", "80", func(addrs []string) { told <- addrs })
		}()
		for i, step := range steps {
			synctest.Wait()
			var got []string
			select {
			case got = <-told:
			default:
			}
			if !slices.Equal(got, step.want) {
				t.Errorf("step %d: told %v; want %v", i, got, step.want)
			}
			if i+1 < len(steps) {
				n.set(steps[i+1].err, steps[i+1].found...)
				time.Sleep(replica.Every)
			}
		}
		stop()
		if more, open := <-told; open {
			t.Errorf("told %v after the end", more)
		}
		if n.asked != len(steps) {
			t.Errorf("%d look-ups in %d seconds", n.asked, len(steps))
		}
	})
}

func TestAnAddressIsNotLookedUp(t *testing.T) {
	for host, want := range map[string]string{"10.0.0.9": "10.0.0.9:8092", "fd00::9": "[fd00::9]:8092"} {
		n := new(names)
		var told [][]string
		replica.Follow(t.Context(), n.lookup, host, "8092", func(addrs []string) { told = append(told, addrs) }) // it returns
		if len(told) != 1 || !slices.Equal(told[0], []string{want}) || n.asked != 0 {
			t.Errorf("%s: told %v after %d look-ups; want %s after none", host, told, n.asked, want)
		}
	}
}

func TestPort(t *testing.T) {
	for raw, want := range map[string]string{
		"http://users": "80", "https://users": "443", "http://users:8092": "8092", "https://[fd00::1]": "443", "http://[fd00::1]:1/x": "1",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := replica.Port(u); got != want {
			t.Errorf("the port of %s is %s; want %s", raw, got, want)
		}
	}
}
