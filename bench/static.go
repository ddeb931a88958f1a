package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

const (
	staticOurs   = "Gatehouse, gzip"
	staticBrotli = "Gatehouse, brotli"
	staticNginx  = "nginx `gzip_static`"
	staticLike   = "nginx `gzip_static`, same headers, access log"
)

// static measures the sign-in page against nginx with the same page compressed ahead of time, byte for byte.
func static(ctx context.Context, r *run) (section, error) {
	g, err := r.startGateway(ctx, "gateway-static", "4")
	if err != nil {
		return section{}, err
	}
	headers, err := r.layOutPage(ctx, g.url+"/")
	if err != nil {
		return section{}, err
	}
	nginx, err := r.startNginx(ctx, "nginx-static", setting{Headers: headers})
	if err != nil {
		return section{}, err
	}
	gzip, brotli := []string{"Accept-Encoding: gzip"}, []string{"Accept-Encoding: gzip, deflate, br, zstd"}
	subjects := []subject{
		{name: staticOurs, url: g.url + "/", headers: gzip, proc: g.proc},
		{name: staticLike, url: nginx.url + "/dressed/index.html", headers: gzip, proc: nginx.proc},
		{name: staticNginx, url: nginx.url + "/index.html", headers: gzip, proc: nginx.proc},
		{name: staticBrotli, url: g.url + "/", headers: brotli, proc: g.proc},
	}
	scores, err := r.contest(ctx, subjects)
	if err != nil {
		return section{}, err
	}
	return staticSection(subjects, scores), nil
}

func staticSection(subjects []subject, scores []score) section {
	by := map[string]score{}
	for i, s := range subjects {
		by[s.name] = scores[i]
	}
	ours := by[staticOurs].perSecond
	out := section{
		goals: []goal{
			atLeast("a page, req/s against "+staticLike, ours/by[staticLike].perSecond, 1),
			atLeast("a page, req/s against "+staticNginx, ours/by[staticNginx].perSecond, 1),
		},
		table: table{header: []string{"sign-in page", "req/s", "×", "p50", "p99", "CPU"}},
		notes: []string{"nginx has what Gatehouse sends, plain and in gzip, as files. " +
			"The second line sends all that Gatehouse sends, and writes a log as Gatehouse does, many lines at a time; the third does neither."},
	}
	for _, s := range subjects {
		one := by[s.name]
		out.table.rows = append(out.table.rows, []string{
			s.name, thousands(one.perSecond), times(one.perSecond, by[staticNginx].perSecond), ms(one.p50), ms(one.p99), us(one.cpu),
		})
	}
	return out
}

// layOutPage puts a page of the gateway where nginx looks, plain and compressed, and gives the headers that it has there.
func (r *run) layOutPage(ctx context.Context, url string) (headers []string, err error) {
	dir := filepath.Join(r.dir, "pages")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	for encoding, name := range map[string]string{"identity": "index.html", "gzip": "index.html.gz"} {
		resp, body, err := fetch(ctx, url, encoding)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			return nil, err
		}
		headers = toAdd(resp.Header)
	}
	return headers, nil
}

// toAdd are the headers that nginx does not send by itself, as its configuration has them.
func toAdd(h http.Header) []string {
	for _, own := range []string{"Content-Type", "Content-Encoding", "Content-Length", "Date", "Etag", "Accept-Ranges"} {
		h.Del(own)
	}
	var all []string
	for name := range h {
		all = append(all, name+" "+strconv.Quote(h.Get(name)))
	}
	return all
}

// fetch is what is at the address in the encoding, as it is sent.
func fetch(ctx context.Context, url, encoding string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept-Encoding", encoding) // so that the client does not unpack it
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Encoding"); resp.StatusCode != http.StatusOK || (got == "") != (encoding == "identity") {
		return nil, nil, fmt.Errorf("%s in %s: %s in %q", url, encoding, resp.Status, got)
	}
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}
