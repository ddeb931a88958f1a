package replica_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
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

// named is a replica that answers with its name, on an address of the loopback network and a port that all share.
func named(t *testing.T, addr, port, name string) *httptest.Server {
	t.Helper()
	ln, err := net.Listen("tcp", net.JoinHostPort(addr, port))
	if err != nil {
		t.Skipf("this test wants several loopback addresses: %v", err)
	}
	server := &httptest.Server{
		Listener: ln,
		Config:   &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, name) })},
	}
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// spread makes calls and counts who answered.
func spread(t *testing.T, client *http.Client, address string, calls int) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for range calls {
		resp, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		counts[string(body)]++
	}
	return counts
}

func TestTransportSpreadsAndPassesOver(t *testing.T) {
	first := named(t, "127.0.0.1", "0", "first")
	_, port, err := net.SplitHostPort(first.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	second := named(t, "127.0.0.2", port, "second")
	n, lookedUp := new(names), make(chan struct{})
	n.set(nil, "127.0.0.1", "127.0.0.2")
	var once sync.Once
	lookup := func(ctx context.Context, host string) ([]netip.Addr, error) {
		defer once.Do(func() { close(lookedUp) })
		return n.lookup(ctx, host)
	}
	client := &http.Client{Transport: replica.NewTransport(t.Context(), lookup, &url.URL{Scheme: "http", Host: "users:" + port})}
	<-lookedUp
	waitKnown(t, client, "http://users:"+port)
	if counts := spread(t, client, "http://users:"+port, 10); counts["first"] != 5 || counts["second"] != 5 {
		t.Errorf("10 calls went to %v; want 5 each", counts)
	}
	second.Close()
	if counts := spread(t, client, "http://users:"+port, 10); counts["first"] != 10 {
		t.Errorf("with one replica dead 10 calls went to %v", counts)
	}
	first.Close()
	if resp, err := client.Get("http://users:" + port); err == nil {
		resp.Body.Close()
		t.Error("with all replicas dead a call is answered")
	}
}

// waitKnown waits until the first look-up has reached the transport; before that the name itself is dialled, which nobody has.
func waitKnown(t *testing.T, client *http.Client, address string) {
	t.Helper()
	for deadline := time.Now().Add(8 * time.Second); ; {
		resp, err := client.Get(address)
		if err == nil {
			resp.Body.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
