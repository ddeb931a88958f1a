package replica

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// probeTimeout is how long a replica may take to answer a probe.
const probeTimeout = time.Second

// probe asks a replica how it is, on a connection of its own.
type probe struct {
	service *url.URL
	path    string // answers 2xx when all is well; empty: any answer will do
	client  http.Client
}

type addrKey struct{}

func newProbe(service *url.URL, path string) *probe {
	dialer := net.Dialer{Timeout: probeTimeout}
	return &probe{service: service, path: path, client: http.Client{
		Timeout: probeTimeout,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			TLSClientConfig:   tlsConfig(service),
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, ctx.Value(addrKey{}).(string))
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func tlsConfig(service *url.URL) *tls.Config {
	return &tls.Config{ServerName: service.Hostname(), MinVersion: tls.VersionTLS12}
}

// connects reports whether the replica takes connections. On https it says whom it wants: servers log it when nobody does.
func (p *probe) connects(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	dial := new(net.Dialer).DialContext
	if p.service.Scheme == "https" {
		dial = (&tls.Dialer{Config: tlsConfig(p.service)}).DialContext
	}
	conn, err := dial(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

// answers reports whether the replica answers: 2xx at its health path, or else anything to what any HTTP server understands.
func (p *probe) answers(ctx context.Context, addr string) error {
	method, path := http.MethodGet, p.path
	if path == "" {
		method, path = http.MethodOptions, "/"
	}
	target := p.service.Scheme + "://" + p.service.Host + path
	req, err := http.NewRequestWithContext(context.WithValue(ctx, addrKey{}, addr), method, target, nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "gatehouse-probe")
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	resp.Body.Close()
	if p.path != "" && resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s answers %s", p.path, resp.Status)
	}
	return nil
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}
