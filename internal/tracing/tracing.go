// Package tracing tells an OpenTelemetry collector what became of requests: spans of the services, of their calls to each
// other, and of what they ask Redis and PostgreSQL, with the request id that is in the log lines.
//
// It is off, and costs nothing, until Start is given the address of a collector. A span has names of routes, operations and
// parts of Gatehouse, and statuses: never what a person sent, what was stored, or the text of an error.
package tracing

import (
	"context"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Header is where one service tells another which span its call belongs to (W3C Trace Context).
const Header = "traceparent"

// started is the provider while tracing is on.
var started atomic.Pointer[provider]

type provider struct {
	trace.TracerProvider
	tracer trace.Tracer
}

func use(p trace.TracerProvider) {
	started.Store(&provider{p, p.Tracer("gatehouse")})
}

// On reports whether there is a collector.
func On() bool { return started.Load() != nil }

// Provider is for libraries that make spans themselves.
func Provider() trace.TracerProvider {
	if p := started.Load(); p != nil {
		return p
	}
	return noop.NewTracerProvider()
}

// Traced reports whether the context belongs to a request whose spans are kept.
func Traced(ctx context.Context) bool { return trace.SpanFromContext(ctx).IsRecording() }

// Span is a step of a request. Nil is one that nobody keeps.
type Span struct{ span trace.Span }

// Serve begins the span of a request that has arrived. Parent is the Header of a caller who is part of Gatehouse, or empty:
// then the trace begins here.
func Serve(ctx context.Context, requestID, parent string) (context.Context, *Span) {
	p := started.Load()
	if p == nil {
		return ctx, nil
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{Header: parent})
	ctx, span := p.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("request_id", requestID)))
	return ctx, &Span{span}
}

// Call begins the span of a call to another part, on behalf of a request that is traced; else there is none. Pairs are names
// and values in turn.
func Call(ctx context.Context, name string, pairs ...string) (context.Context, *Span) {
	p := started.Load()
	if p == nil || !Traced(ctx) {
		return ctx, nil
	}
	ctx, span := p.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient))
	for i := 0; i+1 < len(pairs); i += 2 {
		span.SetAttributes(attribute.String(pairs[i], pairs[i+1]))
	}
	return ctx, &Span{span}
}

// Answered names the span of a request by its route, and says what was answered.
func (s *Span) Answered(method, route string, status int) {
	if s == nil {
		return
	}
	s.span.SetName(method + " " + route)
	s.span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route),
		attribute.Int("http.response.status_code", status))
	s.End(status >= 500)
}

// End ends the span. That it failed is all that it says: the text of an error may hold what a person sent.
func (s *Span) End(failed bool) {
	if s == nil {
		return
	}
	if failed {
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// ID is that of the trace, for log lines; empty when there is none, or it is not kept.
func ID(ctx context.Context) string {
	if !On() || !trace.SpanContextFromContext(ctx).IsSampled() {
		return ""
	}
	return trace.SpanContextFromContext(ctx).TraceID().String()
}

// Parent is what Header has to say to whoever is called within the context; empty when tracing is off.
func Parent(ctx context.Context) string {
	if !On() {
		return ""
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier[Header]
}
