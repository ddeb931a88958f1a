package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// static measures the sign-in page against nginx with the same page compressed ahead of time, byte for byte.
func static(ctx context.Context, r *run) (section, error) {
	g, err := r.startGateway(ctx, "gateway-static", "4")
	if err != nil {
		return section{}, err
	}
	if err := r.layOutPage(ctx, g.url+"/"); err != nil {
		return section{}, err
	}
	nginx, err := r.startNginx(ctx, "nginx-static", setting{})
	if err != nil {
		return section{}, err
	}
	names := []string{"Gatehouse, gzip", "nginx `gzip_static`", "Gatehouse, brotli"}
	gzip, brotli := []string{"Accept-Encoding: gzip"}, []string{"Accept-Encoding: gzip, deflate, br, zstd"}
	scores, err := r.contest(ctx, []subject{
		{name: names[0], url: g.url + "/", headers: gzip, proc: g.proc},
		{name: names[1], url: nginx.url + "/", headers: gzip, proc: nginx.proc},
		{name: names[2], url: g.url + "/", headers: brotli, proc: g.proc},
	})
	if err != nil {
		return section{}, err
	}
	t := table{header: []string{"sign-in page", "req/s", "×", "p50", "p99", "CPU"}}
	for i, name := range names {
		s := scores[i]
		t.rows = append(t.rows, []string{
			name, thousands(s.perSecond), times(s.perSecond, scores[1].perSecond), ms(s.p50), ms(s.p99), us(s.cpu),
		})
	}
	return section{
		goals: []goal{atLeast("a page, req/s against nginx `gzip_static`", scores[0].perSecond/scores[1].perSecond, 1)},
		table: t,
		notes: []string{
			"nginx has the bytes that Gatehouse sends, plain and in gzip, as files. Gatehouse sends its security headers with them and " +
				"writes its access log; nginx does neither.",
		},
	}, nil
}

// layOutPage puts a page of the gateway where nginx looks, plain and compressed.
func (r *run) layOutPage(ctx context.Context, url string) error {
	dir := filepath.Join(r.dir, "pages")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for encoding, name := range map[string]string{"identity": "index.html", "gzip": "index.html.gz"} {
		body, err := fetch(ctx, url, encoding)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fetch is what is at the address in the encoding, as it is sent.
func fetch(ctx context.Context, url, encoding string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", encoding) // so that the client does not unpack it
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Encoding"); resp.StatusCode != http.StatusOK || strings.TrimPrefix(encoding, "identity") != got {
		return nil, fmt.Errorf("%s in %s: %s in %q", url, encoding, resp.Status, got)
	}
	return io.ReadAll(resp.Body)
}
