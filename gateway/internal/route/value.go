package route

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"gatehouse/internal/token"
)

// readers read the value of each key of a route.
var readers = map[string]func(*Route, *yaml.Node) error{
	"path":         readPath,
	"strip_prefix": readStripPrefix,
	"methods":      readMethods,
	"upstream":     readUpstream,
	"health":       readHealth,
	"access":       readAccess,
	"forward":      readForward,
	"audience":     readAudience,
	"timeout":      readTimeout,
	"body_limit":   readBodyLimit,
	"throttle":     readThrottle,
	"websocket":    readWebSocket,
}

func readPath(r *Route, n *yaml.Node) error {
	path, query, err := Canonical(n.Value)
	if err != nil || query != "" || path != n.Value {
		return fmt.Errorf("%q is not a canonical path", n.Value)
	}
	r.Path = path
	return nil
}

// readStripPrefix takes what YAML 1.2 takes for a truth value, and not the yes and on of YAML 1.1.
func readStripPrefix(r *Route, n *yaml.Node) error {
	if n.ShortTag() != "!!bool" {
		return fmt.Errorf("%q is neither true nor false", n.Value)
	}
	return n.Decode(&r.StripPrefix)
}

func readMethods(r *Route, n *yaml.Node) error {
	names, err := words(n)
	if err != nil {
		return err
	}
	for _, m := range names {
		if !slices.Contains(Methods, m) {
			return fmt.Errorf("%q is none of %s", m, strings.Join(Methods, ", "))
		}
	}
	r.Methods = names
	return nil
}

// words reads a list of at least one word, none twice.
func words(n *yaml.Node) ([]string, error) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return nil, errors.New("must be a list, such as [GET, POST]")
	}
	var list []string
	for _, item := range n.Content {
		if item.ShortTag() != "!!str" {
			return nil, fmt.Errorf("%q is no word", item.Value)
		}
		if item.Value == "" || slices.Contains(list, item.Value) {
			return nil, fmt.Errorf("%q is empty or given twice", item.Value)
		}
		list = append(list, item.Value)
	}
	return list, nil
}

func readUpstream(r *Route, n *yaml.Node) error {
	u, err := url.Parse(n.Value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Port() == "" {
		return fmt.Errorf("%q is not http://host:port", n.Value)
	}
	if r.Upstream = u.Scheme + "://" + u.Host; r.Upstream != n.Value {
		return fmt.Errorf("%q has more than scheme, host and port", n.Value)
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || port == 0 {
		return fmt.Errorf("%q: there is no such port", n.Value)
	}
	return nil
}

func readHealth(r *Route, n *yaml.Node) error {
	path, query, err := Canonical(n.Value)
	if err != nil || query != "" || path != n.Value {
		return fmt.Errorf("%q is not a canonical path", n.Value)
	}
	r.Health = path
	return nil
}

func readAccess(r *Route, n *yaml.Node) error {
	switch {
	case n.Kind == yaml.SequenceNode:
		roles, err := words(n)
		r.Access = Access{Session: true, Roles: roles}
		return err
	case n.Value == "session":
		r.Access = Access{Session: true}
		return nil
	case n.Value == "public":
		return nil
	}
	return fmt.Errorf("%q is none of public, session, [Role, ...]", n.Value)
}

func readForward(r *Route, n *yaml.Node) error {
	how := slices.Index(forwards, n.Value)
	if how < 0 {
		return fmt.Errorf("%q is none of %s", n.Value, strings.Join(forwards, ", "))
	}
	r.Forward = Forward(how)
	return nil
}

func readAudience(r *Route, n *yaml.Node) error {
	if n.ShortTag() != "!!str" {
		return fmt.Errorf("%q is no name", n.Value)
	}
	r.Audience = n.Value
	return token.CheckAudience(n.Value)
}

func readWebSocket(r *Route, n *yaml.Node) error {
	if n.Tag != "!!bool" {
		return errors.New("must be true or false")
	}
	return n.Decode(&r.WebSocket)
}
