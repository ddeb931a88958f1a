// Package origin reads web origins (RFC 6454) and writes them as browsers do, so that they can be compared as text: by
// the gateway, which lets their pages call, and by auth-service, which fits its cookies to them.
package origin

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

var defaultPorts = map[string]string{"http": "80", "https": "443"}

// Parse gives an origin in lower case, without the port that the scheme implies.
func Parse(s string) (*url.URL, error) {
	u, err := url.Parse(strings.ToLower(strings.TrimSpace(s)))
	if err != nil || u.Hostname() == "" || strings.Contains(u.Host, "*") {
		return nil, fmt.Errorf("%q is not scheme://host[:port]", s)
	}
	port, known := defaultPorts[u.Scheme]
	if !known || u.Scheme+"://"+u.Host != u.String() {
		return nil, fmt.Errorf("%q is not http(s)://host[:port] and nothing more", s)
	}
	u.Host = strings.TrimSuffix(u.Host, ":"+port)
	return u, nil
}

// ParseList reads a list of origins and reports every mistake.
func ParseList(list []string) ([]*url.URL, error) {
	var (
		origins  []*url.URL
		mistakes []error
	)
	for _, item := range list {
		u, err := Parse(item)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		origins = append(origins, u)
	}
	return origins, errors.Join(mistakes...)
}

// Of is the origin of a site's address, which may end with a slash but name no page. There is none of nil: that address
// could not be read, and was reported.
func Of(site *url.URL) (*url.URL, error) {
	if site == nil {
		return nil, nil
	}
	return Parse(strings.TrimSuffix(site.String(), "/"))
}
