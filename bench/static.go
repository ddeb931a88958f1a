package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
)

// static measures the sign-in page against nginx with the same page compressed ahead of time.
func static(ctx context.Context, r *run) (section, error) {
	g, err := r.startGateway(ctx, "gateway-static", "4")
	if err != nil {
		return section{}, err
	}
	if err := r.layOutPage(); err != nil {
		return section{}, err
	}
	nginx, err := r.startNginx(ctx, "nginx-static", setting{})
	if err != nil {
		return section{}, err
	}
	headers := []string{"Accept-Encoding: gzip"}
	scores, err := r.contest(ctx, []subject{
		{name: "Gatehouse, sign-in page", url: g.url + "/", headers: headers, proc: g.proc},
		{name: "nginx `gzip_static`", url: nginx.url + "/", headers: headers, proc: nginx.proc},
	})
	if err != nil {
		return section{}, err
	}
	t := table{header: []string{"sign-in page", "req/s", "×", "p50", "p99", "CPU"}}
	for i, name := range []string{"Gatehouse", "nginx `gzip_static`"} {
		s := scores[i]
		t.rows = append(t.rows, []string{
			name, thousands(s.perSecond), times(s.perSecond, scores[1].perSecond), ms(s.p50), ms(s.p99), us(s.cpu),
		})
	}
	return section{table: t}, nil
}

// layOutPage puts the sign-in page where nginx looks, plain and compressed.
func (r *run) layOutPage() error {
	page, err := os.ReadFile("frontend/index.html")
	if err != nil {
		return err
	}
	var compressed bytes.Buffer
	w, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(page); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	dir := filepath.Join(r.dir, "pages")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), page, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "index.html.gz"), compressed.Bytes(), 0o644)
}
