package edge

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// origins tells pages of ours, and pages that may call, from all others.
type origins struct {
	own     string // scheme://host of PUBLIC_URL
	scheme  string // of PUBLIC_URL
	allowed []string
}

func newOrigins(public *url.URL, allowed []*url.URL) origins {
	o := origins{own: public.Scheme + "://" + public.Host, scheme: public.Scheme}
	for _, u := range allowed {
		o.allowed = append(o.allowed, u.String())
	}
	return o
}

func (o origins) allows(origin string) bool { return slices.Contains(o.allowed, origin) }

// isOwn reports whether the origin is the gateway itself, under its public name or under whatever name the request used:
// a cookie goes only to the host that it came from, so 127.0.0.1 or an address in the LAN is as good. A page that came over
// plain http is not ours where the public one is https.
func (o origins) isOwn(origin, host string) bool {
	if origin == o.own {
		return true
	}
	scheme, authority, ok := strings.Cut(origin, "://")
	return ok && (scheme == o.scheme || scheme == "https") && host != "" && strings.EqualFold(authority, host)
}

// sameOrigin lets nothing change state that another site's page has sent: the cookies would come along by themselves. A
// request that says nothing of its origin is no browser's; with a session it is refused all the same.
func (e *Edge) sameOrigin(v *visit) error {
	if isSafe(v.Method()) && !wantsTunnel(v) { // a WebSocket has no other origin check
		return nil
	}
	origin, site := v.Get(fiber.HeaderOrigin), v.Get("Sec-Fetch-Site")
	var ours bool
	switch {
	case origin != "":
		ours = e.origins.isOwn(origin, string(v.Request().Header.Host())) || e.origins.allows(origin)
	case site != "":
		ours = site == "same-origin" || site == "none"
	default:
		ours = !v.cookies.session()
	}
	if !ours {
		return foreign()
	}
	return nil
}

// isSafe is RFC 9110 §9.2.1.
func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
