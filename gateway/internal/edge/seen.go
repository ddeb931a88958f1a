package edge

import (
	"context"
	"time"

	"gatehouse/gateway/internal/route"
	"gatehouse/internal/tracing"
	"gatehouse/internal/traffic"
)

// The names under which answers are counted that are of no route.
const (
	pagesName   = "pages"
	nothingName = "none"
)

// counts are where answers are counted, looked up beforehand.
type counts struct {
	routes map[*route.Route]*traffic.Route // of the present table
	pages  *traffic.Route
}

func (e *Edge) newCounts(table *route.Table) *counts {
	found := &counts{routes: make(map[*route.Route]*traffic.Route), pages: e.Traffic.Route(pagesName)}
	for _, r := range table.Routes() {
		found.routes[r] = e.Traffic.Route(r.Path)
	}
	return found
}

// count counts the answer to a request, when it is on its way: of a stream that is when it begins.
func (e *Edge) count(v *visit, took time.Duration) {
	known := e.counts.Load()
	counted := known.routes[v.route]
	if counted == nil {
		if name := e.nameOf(v); name == pagesName {
			counted = known.pages
		} else {
			counted = e.Traffic.Route(name)
		}
	}
	counted.Count(v.Method(), v.Response().StatusCode(), took)
}

// nameOf is what metrics and traces call that which was asked for: never by anything that a client made up.
func (e *Edge) nameOf(v *visit) string {
	switch {
	case v.route != nil: // also of a table that holds no longer
		return v.route.Path
	case len(v.entries) > 0:
		return v.entries[0].Path
	case v.path != "" && e.pages.At(v.path) != nil:
		return pagesName
	}
	return nothingName
}

// trace begins the span of a request, where there is somebody to tell. A client's own traceparent is never taken over: it
// would decide which requests are kept, and join strangers' traces to ours.
func (v *visit) trace() {
	v.traced = context.Background()
	if !tracing.On() {
		return
	}
	v.traced, v.span = tracing.Serve(v.traced, v.record.ID, "")
	if id := tracing.ID(v.traced); id != "" {
		v.record.Note("trace_id", id)
	}
}
