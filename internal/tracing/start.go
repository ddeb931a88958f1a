package tracing

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// lastWords is how long the end of a service waits for spans that were not sent yet.
const lastWords = 2 * time.Second

// Start begins to tell the collector, if there is one. The function it gives ends that, and sends what is left.
func Start(c Config, service string, log *slog.Logger) (stop func(), err error) {
	if !c.on() {
		return func() {}, nil
	}
	exporter, err := newExporter(c, log)
	if err != nil {
		return nil, err
	}
	sampler, err := c.sampler()
	if err != nil {
		return nil, err
	}
	who, err := resource.Merge(
		resource.NewSchemaless(attribute.String("service.name", service), attribute.String("service.namespace", "gatehouse")),
		resource.Environment())
	if err != nil {
		return nil, err
	}
	otel.SetLogger(logr.FromSlogHandler(log.Handler()))
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Debug("tracing", "error", err) }))
	p := sdktrace.NewTracerProvider( // what finds no room is dropped
		sdktrace.WithBatcher(exporter), sdktrace.WithResource(who), sdktrace.WithSampler(sampler))
	use(p)
	return func() {
		started.Store(nil)
		ctx, cancel := context.WithTimeout(context.Background(), lastWords)
		defer cancel()
		p.Shutdown(ctx) // what is not sent by then is lost, and nobody waits for it
	}, nil
}

func newExporter(c Config, log *slog.Logger) (*otlptrace.Exporter, error) {
	address, err := c.address()
	if err != nil {
		return nil, err
	}
	headers, err := c.headers()
	if err != nil {
		return nil, err
	}
	return otlptrace.New(context.Background(), newUploader(address, headers, c.timeout(), log))
}
