package route

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// What holds for a route that does not say, and the most that one may ask for.
const (
	DefaultTimeout   = 10 * time.Second
	DefaultBodyLimit = 64 << 10
	MaxTimeout       = 2 * time.Minute
	MaxBodyLimit     = 64 << 20 // bodies are held in memory
	MaxThrottlePer   = 24 * time.Hour
)

// readers read the value of each key of a route.
var readers = map[string]func(*Route, *yaml.Node) error{
	"path":       readPath,
	"methods":    readMethods,
	"upstream":   readUpstream,
	"health":     readHealth,
	"access":     readAccess,
	"forward":    readForward,
	"timeout":    readTimeout,
	"body_limit": readBodyLimit,
	"throttle":   readThrottle,
}

func readPath(r *Route, n *yaml.Node) error {
	path, query, err := Canonical(n.Value)
	if err != nil || query != "" || path != n.Value {
		return fmt.Errorf("%q is not a canonical path", n.Value)
	}
	r.Path = path
	return nil
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
	var list []string
	if n.Kind != yaml.SequenceNode || n.Decode(&list) != nil || len(list) == 0 {
		return nil, errors.New("must be a list, such as [GET, POST]")
	}
	for i, w := range list {
		if w == "" || slices.Contains(list[:i], w) {
			return nil, fmt.Errorf("%q is empty or given twice", w)
		}
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
	how, ok := map[string]Forward{"none": ForwardNone, "token": ForwardToken, "identity": ForwardIdentity}[n.Value]
	if !ok {
		return fmt.Errorf("%q is none of identity, token, none", n.Value)
	}
	r.Forward = how
	return nil
}

func readTimeout(r *Route, n *yaml.Node) error {
	d, err := time.ParseDuration(n.Value)
	if err != nil || d <= 0 || d > MaxTimeout {
		return fmt.Errorf("%q is not a duration such as 10s, of at most %s", n.Value, MaxTimeout)
	}
	r.Timeout = d
	return nil
}

func readBodyLimit(r *Route, n *yaml.Node) error {
	number, shift := n.Value, 0
	for unit, s := range map[string]int{"KiB": 10, "MiB": 20} {
		if before, ok := strings.CutSuffix(n.Value, unit); ok {
			number, shift = before, s
		}
	}
	size, err := strconv.Atoi(number)
	if err != nil || shift == 0 || size <= 0 || size > MaxBodyLimit>>shift {
		return fmt.Errorf("%q is not a size such as 64KiB or 1MiB, of at most %dMiB", n.Value, MaxBodyLimit>>20)
	}
	r.BodyLimit = size << shift
	return nil
}

func readThrottle(r *Route, n *yaml.Node) error {
	count, per, _ := strings.Cut(n.Value, "/")
	calls, countErr := strconv.Atoi(count)
	d, perErr := time.ParseDuration(per)
	t := Throttle{Count: calls, Per: d}
	if countErr != nil || perErr != nil || calls <= 0 || d > MaxThrottlePer || t.Every() < time.Millisecond {
		return fmt.Errorf("%q is not a count for a duration such as 20/1m, of at most 1000 a second and %s", n.Value, MaxThrottlePer)
	}
	r.Throttle = t
	return nil
}
