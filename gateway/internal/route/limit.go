package route

import (
	"fmt"
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
	MaxBodyLimit     = 1 << 40 // bytes; what is long is passed on as it comes
	MaxThrottlePer   = 24 * time.Hour
)

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
	for unit, s := range map[string]int{"KiB": 10, "MiB": 20, "GiB": 30} {
		if before, ok := strings.CutSuffix(n.Value, unit); ok {
			number, shift = before, s
		}
	}
	size, err := strconv.Atoi(number)
	if err != nil || shift == 0 || size <= 0 || size > MaxBodyLimit>>shift {
		return fmt.Errorf("%q is not a size such as 64KiB, 1MiB or 2GiB, of at most %dGiB", n.Value, MaxBodyLimit>>30)
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
