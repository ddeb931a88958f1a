package edge

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// clientAddress is the address nearest to the gateway that is not one of our proxies. X-Forwarded-For is read from the
// right, because a client can write whatever it likes into its left part.
func (e *Edge) clientAddress(remote net.IP, raw []byte) string {
	addr, ok := netip.AddrFromSlice(remote)
	if !ok {
		return remote.String()
	}
	addr = addr.Unmap()
	if !e.isProxy(addr) {
		return addr.String()
	}
	var hops []string
	for value := range headerValues(raw, "X-Forwarded-For") {
		hops = append(hops, strings.Split(string(value), ",")...)
	}
	for _, hop := range slices.Backward(hops) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if addr = next.Unmap().WithZone(""); !e.isProxy(addr) {
			break
		}
	}
	return addr.String()
}

func (e *Edge) isProxy(addr netip.Addr) bool {
	return slices.ContainsFunc(e.Proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}
