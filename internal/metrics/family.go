package metrics

import "github.com/prometheus/client_golang/prometheus"

// Family is a metric. Its labels have few values, and never one that comes from outside.
type Family struct {
	Name, Help string
	Counter    bool // it only grows; else it is a gauge
	Labels     []string
	// Read tells the values of the moment. What cannot be known at the moment is not told.
	Read func(tell Tell)
}

// Tell takes a value and its labels, in the order of the family's.
type Tell func(value float64, labels ...string)

// Value is a Read of one value without labels.
func Value(read func() float64) func(Tell) { return func(tell Tell) { tell(read()) } }

// Add takes metrics in.
func (r *Registry) Add(families ...Family) {
	for _, f := range families {
		kind := prometheus.GaugeValue
		if f.Counter {
			kind = prometheus.CounterValue
		}
		r.all.MustRegister(collector{prometheus.NewDesc(f.Name, f.Help, f.Labels, nil), kind, f.Read})
	}
}

type collector struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(Tell)
}

// Describe implements prometheus.Collector.
func (c collector) Describe(descs chan<- *prometheus.Desc) { descs <- c.desc }

// Collect implements prometheus.Collector.
func (c collector) Collect(found chan<- prometheus.Metric) {
	c.read(func(value float64, labels ...string) {
		found <- prometheus.MustNewConstMetric(c.desc, c.kind, value, labels...)
	})
}
