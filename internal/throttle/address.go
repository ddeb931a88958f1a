package throttle

import "net/netip"

// AddressKey is what counts as one client: an IPv4 address, or the /64 that an IPv6 address is in, because a host picks
// its own within that as often as it likes (RFC 8981). All that is no address is one client together.
func AddressKey(addr string) string {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return "none"
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	network, _ := a.WithZone("").Prefix(64)
	return network.String()
}
