// Package metrics is what a service shows to Prometheus: a registry that reads the counts when it is asked, so that nothing
// is done for it at any other time. The counts themselves are kept by the parts that they are about.
package metrics

import (
	"io"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"
)

// Path is where a service shows its metrics, on its health listener alone.
const Path = "/metrics"

// ContentType is the one of what Write writes.
const ContentType = string(expfmt.FmtText)

// Registry is all metrics of a service.
type Registry struct{ all *prometheus.Registry }

// New begins with what the Go runtime and the system know of the process.
func New() *Registry {
	r := &Registry{prometheus.NewRegistry()}
	r.all.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return r
}

// Write asks for all metrics and writes them in Prometheus' text format. A family that cannot be read is left out, and the
// error names it.
func (r *Registry) Write(w io.Writer) error {
	families, err := r.all.Gather()
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(w, f); err != nil {
			return err
		}
	}
	return err
}
