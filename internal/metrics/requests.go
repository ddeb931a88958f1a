package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"gatehouse/internal/traffic"
)

var requestsDesc = prometheus.NewDesc("gatehouse_http_request_duration_seconds",
	"How long answers took, by route as the table has it, method and class of status.",
	[]string{"route", "method", "status"}, nil)

// AddRequests takes in what a service answers.
func (r *Registry) AddRequests(c *traffic.Counter) { r.all.MustRegister(requests{c}) }

type requests struct{ counted *traffic.Counter }

// Describe implements prometheus.Collector.
func (requests) Describe(descs chan<- *prometheus.Desc) { descs <- requestsDesc }

// Collect implements prometheus.Collector.
func (r requests) Collect(found chan<- prometheus.Metric) {
	for _, h := range r.counted.Read() {
		found <- prometheus.MustNewConstHistogram(requestsDesc, h.Count, h.Sum, h.Buckets, h.Route, h.Method, h.Status)
	}
}
