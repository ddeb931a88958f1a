package origin

import (
	"net"
	"net/url"

	"golang.org/x/net/publicsuffix"
)

// SameSite follows the HTML standard: one scheme and one registrable domain; an address or a bare name is its own site.
// Browsers send SameSite=Lax cookies with the calls of a page of the same site alone.
func SameSite(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && site(a.Hostname()) == site(b.Hostname())
}

func site(host string) string {
	if net.ParseIP(host) != nil {
		return host // the list of public suffixes would take the end of an address for a domain
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// IsLoopback reports whether the site is on the machine of whoever looks at it; browsers trust it like https.
func IsLoopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
