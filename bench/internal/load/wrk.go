// Package load makes load on a server, with wrk or with calls of its own, and says how it bore it.
package load

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Load is what wrk does: as many requests as the connections can carry, one after the other on each.
type Load struct {
	URL         string
	Headers     []string // "Name: value"
	Connections int
}

// Result is what wrk saw.
type Result struct {
	Requests  int
	PerSecond float64
	P50, P99  time.Duration
}

// Run makes the load for whole seconds. Any answer but 2xx and 3xx, and any broken connection, is an error.
func Run(ctx context.Context, l Load, lasting time.Duration) (Result, error) {
	args := []string{
		"--latency", "-t", "2", "-c", strconv.Itoa(l.Connections), "-d", fmt.Sprintf("%.0fs", lasting.Seconds()),
	}
	for _, h := range l.Headers {
		args = append(args, "-H", h)
	}
	ctx, cancel := context.WithTimeout(ctx, lasting+10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "wrk", append(args, l.URL)...).CombinedOutput()
	if err != nil {
		return Result{}, fmt.Errorf("wrk on %s: %w: %s", l.URL, err, out)
	}
	r, err := parse(string(out))
	if err != nil {
		return Result{}, fmt.Errorf("wrk on %s: %w", l.URL, err)
	}
	return r, nil
}

var (
	requestsLine  = regexp.MustCompile(`(?m)^\s*(\d+) requests in `)
	perSecondLine = regexp.MustCompile(`(?m)^Requests/sec:\s*([\d.]+)`)
	p50Line       = regexp.MustCompile(`(?m)^\s*50%\s+(\S+)`)
	p99Line       = regexp.MustCompile(`(?m)^\s*99%\s+(\S+)`)
	refusedLine   = regexp.MustCompile(`(?m)^\s*(Non-2xx or 3xx responses|Socket errors): .*`)
)

// parse reads the report of wrk --latency.
func parse(report string) (Result, error) {
	if refused := refusedLine.FindString(report); refused != "" {
		return Result{}, errors.New(strings.TrimSpace(refused))
	}
	var r Result
	var errs [4]error
	r.Requests, errs[0] = strconv.Atoi(first(requestsLine, report))
	r.PerSecond, errs[1] = strconv.ParseFloat(first(perSecondLine, report), 64)
	r.P50, errs[2] = time.ParseDuration(first(p50Line, report))
	r.P99, errs[3] = time.ParseDuration(first(p99Line, report))
	return r, errors.Join(errs[:]...)
}

func first(pattern *regexp.Regexp, text string) string {
	if found := pattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}
