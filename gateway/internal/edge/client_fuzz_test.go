package edge

import (
	"bufio"
	"net"
	"net/netip"
	"strings"
	"testing"
)

func newReader(text string) *bufio.Reader {
	return bufio.NewReaderSize(strings.NewReader(text), len(text)+1)
}

// FuzzClientAddress looks for a client that is believed to be somewhere else: one that is no proxy of ours, or whose
// address one of our proxies has not written.
func FuzzClientAddress(f *testing.F) {
	for _, seed := range []string{
		"", "203.0.113.9", "6.6.6.6, 203.0.113.9, 10.1.1.1", "6.6.6.6,,10.1.1.1", "::ffff:10.0.0.1, ::ffff:1.2.3.4", "fe80::1%eth0",
		"1.2.3.4:80", "[::1]", " \t10.0.0.1\t, 10.0.0.2", "unknown, 10.0.0.1", "010.0.0.1", "1.2.3.4\r\nX-Forwarded-For: 10.0.0.1",
		"2001:DB8::1", strings.Repeat("10.0.0.1,", 100),
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	e := &Edge{Options: Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	f.Fuzz(func(t *testing.T, forwarded string, proxy bool) {
		remote := netip.MustParseAddr("192.0.2.1")
		if proxy {
			remote = netip.MustParseAddr("10.9.9.9")
		}
		raw := []byte("Host: h\r\nX-Forwarded-For: " + forwarded + "\r\n\r\n")
		got, err := netip.ParseAddr(e.clientAddress(net.IP(remote.AsSlice()), raw))
		if err != nil || got.Is4In6() || got.Zone() != "" {
			t.Fatalf("%q: %v, %v is no address in its one form", forwarded, got, err)
		}
		if !proxy && got != remote {
			t.Fatalf("%q: a stranger is believed to be %v", forwarded, got)
		}
		if got != remote && !strings.Contains(forwarded, "\n") {
			checkWritten(t, e, got, forwarded)
		}
	})
}

// checkWritten wants the client to be named in the header, and everything to the right of it to be a proxy of ours: that
// is what our own proxies have written.
func checkWritten(t *testing.T, e *Edge, client netip.Addr, forwarded string) {
	t.Helper()
	hops := strings.Split(forwarded, ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			t.Fatalf("%q: %v is further away than what cannot be read", forwarded, client)
		}
		if hop = hop.Unmap().WithZone(""); hop == client {
			return
		}
		if !e.isProxy(hop) {
			t.Fatalf("%q: %v is further away than %v, which is no proxy", forwarded, client, hop)
		}
	}
	t.Fatalf("%q: %v is nowhere in it", forwarded, client)
}
