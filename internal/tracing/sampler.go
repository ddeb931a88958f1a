package tracing

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// samplers say which traces are kept. A parent's decision goes on in the services that it calls.
func samplers(ratio float64) map[string]sdktrace.Sampler {
	always, never, some := sdktrace.AlwaysSample(), sdktrace.NeverSample(), sdktrace.TraceIDRatioBased(ratio)
	return map[string]sdktrace.Sampler{
		"always_on": always, "always_off": never, "traceidratio": some,
		"parentbased_always_on": sdktrace.ParentBased(always), "parentbased_always_off": sdktrace.ParentBased(never),
		"parentbased_traceidratio": sdktrace.ParentBased(some),
	}
}

func (c *Config) sampler() (sdktrace.Sampler, error) {
	ratio, err := strconv.ParseFloat(cmp.Or(c.SamplerArg, "1"), 64)
	if strings.HasSuffix(c.Sampler, "ratio") && (err != nil || ratio < 0 || ratio > 1) {
		return nil, errors.New("wants OTEL_TRACES_SAMPLER_ARG from 0 to 1")
	}
	all := samplers(ratio)
	if all[c.Sampler] == nil {
		return nil, fmt.Errorf("must be one of %s", strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	return all[c.Sampler], nil
}
