package route

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// learns says what an upstream learns of the caller, for a person.
var learns = map[Forward]string{
	ForwardNone:     "nothing",
	ForwardToken:    "the access token",
	ForwardIdentity: "X-User-*, X-Session-Id",
}

// Print writes a line for each route: who may call it, and what becomes of the call.
func (t *Table) Print(w io.Writer) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "PATH\tMETHODS\tWHO MAY\tUPSTREAM\tLEARNS\tLIMITS")
	for _, r := range t.Routes() {
		fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\t%s\n",
			r.Path, strings.Join(r.Methods, " "), r.Access, r.destination(), r.learns(), r.limits())
	}
	return columns.Flush()
}

// String is who may call, for a person.
func (a Access) String() string {
	switch {
	case !a.Session:
		return "everyone"
	case len(a.Roles) == 0:
		return "whoever is signed in"
	}
	return strings.Join(a.Roles, ", ")
}

func (r *Route) destination() string {
	if r.StripPrefix {
		return r.Upstream + "/, prefix taken off"
	}
	return r.Upstream
}

func (r *Route) learns() string {
	if r.Forward == ForwardAssertion {
		return "an assertion for " + r.Audience
	}
	return learns[r.Forward]
}

func (r *Route) limits() string {
	limits := []string{duration(r.Timeout), sizeText(r.BodyLimit)}
	if r.WebSocket {
		limits = append(limits, "WebSocket")
	}
	if r.Throttle.Count > 0 {
		limits = append(limits, fmt.Sprintf("%d/%s", r.Throttle.Count, duration(r.Throttle.Per)))
	}
	return strings.Join(limits, ", ")
}

// duration writes a time as a person would: 2m, and not 2m0s.
func duration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// sizeText writes a size as a file has it.
func sizeText(bytes int) string {
	if bytes%(1<<20) == 0 {
		return fmt.Sprintf("%dMiB", bytes>>20)
	}
	return fmt.Sprintf("%dKiB", bytes>>10)
}
