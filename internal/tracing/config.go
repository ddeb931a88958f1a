package tracing

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gatehouse/internal/env"
)

// Config is what the standard variables of OpenTelemetry say about traces; of each with two names the one with TRACES wins.
// OTEL_RESOURCE_ATTRIBUTES, OTEL_BSP_… and OTEL_SPAN_…_LIMIT are read by the library itself.
type Config struct {
	Disabled   bool   `env:"OTEL_SDK_DISABLED"`
	Exporter   string `env:"OTEL_TRACES_EXPORTER" envDefault:"otlp"`
	Name       string `env:"OTEL_SERVICE_NAME"`
	Sampler    string `env:"OTEL_TRACES_SAMPLER" envDefault:"parentbased_always_on"`
	SamplerArg string `env:"OTEL_TRACES_SAMPLER_ARG"`

	Endpoint       string     `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	TracesEndpoint string     `env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"`
	Protocol       string     `env:"OTEL_EXPORTER_OTLP_PROTOCOL"`
	TracesProtocol string     `env:"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"`
	Headers        env.Secret `env:"OTEL_EXPORTER_OTLP_HEADERS"`
	TracesHeaders  env.Secret `env:"OTEL_EXPORTER_OTLP_TRACES_HEADERS"`
	Timeout        int        `env:"OTEL_EXPORTER_OTLP_TIMEOUT" envDefault:"10000"` // milliseconds
	TracesTimeout  int        `env:"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"`
}

// on reports whether there is a collector.
func (c *Config) on() bool {
	return !c.Disabled && c.Exporter != "none" && cmp.Or(c.TracesEndpoint, c.Endpoint) != ""
}

// protocol is the only one that there is: gRPC alone would add 7 MB to each service.
const protocol = "http/protobuf"

// Check finds the mistakes that no type shows.
func (c *Config) Check() error {
	if !c.on() {
		return nil
	}
	var exporterErr, protocolErr error
	if c.Exporter != "otlp" {
		exporterErr = errors.New("must be otlp or none")
	}
	if p := cmp.Or(c.TracesProtocol, c.Protocol, protocol); p != protocol {
		protocolErr = fmt.Errorf("must be %s", protocol)
	}
	_, endpointErr := c.address()
	_, headersErr := c.headers()
	_, samplerErr := c.sampler()
	return errors.Join(
		env.Mistake("OTEL_TRACES_EXPORTER", exporterErr),
		env.Mistake("OTEL_EXPORTER_OTLP_PROTOCOL", protocolErr),
		env.Mistake("OTEL_EXPORTER_OTLP_ENDPOINT", endpointErr),
		env.Mistake("OTEL_EXPORTER_OTLP_HEADERS", headersErr),
		env.Mistake("OTEL_TRACES_SAMPLER", samplerErr),
	)
}

var errEndpoint = errors.New("must be a URL such as http://collector:4318")

// address is where traces go: the endpoint for traces as it is, the one for everything with their path behind it.
func (c *Config) address() (string, error) {
	text := c.TracesEndpoint
	if text == "" {
		text = strings.TrimRight(c.Endpoint, "/") + "/v1/traces"
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", errEndpoint // the cause may show a password
	}
	return text, nil
}

// headers are name=value with commas between, values as in a URL.
func (c *Config) headers() (map[string]string, error) {
	found := make(map[string]string)
	for pair := range strings.SplitSeq(cmp.Or(c.TracesHeaders, c.Headers).Reveal(), ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if name = strings.TrimSpace(name); !ok || err != nil || name == "" {
			return nil, errors.New("must be name=value, with commas between")
		}
		found[name] = value
	}
	return found, nil
}

func (c *Config) timeout() time.Duration {
	return time.Duration(cmp.Or(c.TracesTimeout, c.Timeout)) * time.Millisecond
}
