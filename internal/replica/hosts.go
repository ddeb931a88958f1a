package replica

import (
	"context"
	"net/netip"
	"os"
	"strings"
)

// Hosts takes names from a file in the form of /etc/hosts, read anew each time, and asks next for all others. Without a
// file it is next.
func Hosts(file string, next Lookup) Lookup {
	if file == "" {
		return next
	}
	return func(ctx context.Context, host string) ([]netip.Addr, error) {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if addrs := hostsIn(string(text), host); len(addrs) > 0 {
			return addrs, nil
		}
		return next(ctx, host)
	}
}

// hostsIn gives the addresses of every line that has the name. A line that is none is passed over.
func hostsIn(text, host string) []netip.Addr {
	var addrs []netip.Addr
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		addr, err := netip.ParseAddr(words[0])
		if err != nil {
			continue
		}
		for _, name := range words[1:] {
			if strings.EqualFold(name, host) {
				addrs = append(addrs, addr)
			}
		}
	}
	return addrs
}
