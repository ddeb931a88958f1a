// Package replica finds the replicas behind a service's name, so that each is a target of its own.
//
// A name is looked up again every second. A failed or empty look-up keeps the last good answer: a name server that
// is down must not take the services with it. A Set picks the replica with the fewest calls pending, and passes over those
// that are not well: because a connection was refused, or because a probe says so. It never runs out of replicas by that:
// when none is well, each is as good as another.
package replica

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"time"
)

// Every is the time between two look-ups of a name.
const Every = time.Second

// Lookup gives the addresses of a host; net.Resolver's LookupNetIP for "ip" is one.
type Lookup func(ctx context.Context, host string) ([]netip.Addr, error)

// System looks a host up the way the machine does.
func System(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// Port is the port of a URL: the one it names, else that of its scheme.
func Port(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// Follow calls changed with the sorted addresses (IP and port) behind host:port, now and at each change, until the
// context ends. It returns after the first look-up when the host is an address itself.
func Follow(ctx context.Context, lookup Lookup, host, port string, changed func([]string)) {
	var last []string
	tick := time.NewTicker(Every)
	defer tick.Stop()
	for {
		if found := find(ctx, lookup, host, port); len(found) > 0 && !slices.Equal(found, last) {
			last = found
			changed(slices.Clone(found))
		}
		if _, err := netip.ParseAddr(host); err == nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func find(ctx context.Context, lookup Lookup, host, port string) []string {
	if _, err := netip.ParseAddr(host); err == nil {
		return []string{net.JoinHostPort(host, port)}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	addrs, err := lookup(ctx, host)
	if err != nil {
		return nil
	}
	found := make([]string, len(addrs))
	for i, a := range addrs {
		found[i] = net.JoinHostPort(a.Unmap().String(), port)
	}
	slices.Sort(found)
	return slices.Compact(found)
}
