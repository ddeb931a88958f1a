package edge_test

import (
	"fmt"
	"strings"
	"testing"
)

const notUnderstood = "The request could not be understood."

func TestAmbiguousRequestsAreRefused(t *testing.T) {
	d := open(t)
	for name, text := range map[string]string{
		"CL and TE":         "POST /api/open/x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"TE and CL":         "POST /api/open/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
		"two CL":            "POST /api/open/x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
		"two equal CL":      "POST /api/open/x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
		"CL list":           "POST /api/open/x HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 5\r\n\r\nhello",
		"CL signed":         "POST /api/open/x HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello",
		"two TE":            "POST /api/open/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"TE unknown":        "POST /api/open/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"TE spaced name":    "POST /api/open/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"TE on 1.0":         "POST /api/open/x HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunk size bad":    "POST /api/open/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
		"two hosts":         "GET /api/open/x HTTP/1.1\r\nHost: h\r\nHost: evil\r\n\r\n",
		"no host":           "GET /api/open/x HTTP/1.1\r\n\r\n",
		"empty host":        "GET /api/open/x HTTP/1.1\r\nHost:\r\n\r\n",
		"two origins":       "GET /api/open/x HTTP/1.1\r\nHost: h\r\nOrigin: http://h\r\nOrigin: http://evil\r\n\r\n",
		"two content types": "POST /api/open/x HTTP/1.1\r\nHost: h\r\nContent-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 0\r\n\r\n",
		"folded":            "GET /api/open/x HTTP/1.1\r\nHost: h\r\nX-A: a\r\n b\r\n\r\n",
		"folded tab":        "GET /api/open/x HTTP/1.1\r\nHost: h\r\nX-A: a\r\n\tX-User-Id: 1\r\n\r\n",
		"folded first":      "GET /api/open/x HTTP/1.1\r\n X-A: a\r\nHost: h\r\n\r\n",
		"NUL in value":      "GET /api/open/x HTTP/1.1\r\nHost: h\r\nX-A: a\x00b\r\n\r\n",
		"absolute form":     "GET http://h/api/open/x HTTP/1.1\r\nHost: h\r\n\r\n",
		"absolute other":    "GET http://evil/api/id HTTP/1.1\r\nHost: h\r\n\r\n",
		"asterisk":          "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
		"authority":         "GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n",
		"no slash":          "GET api/open/x HTTP/1.1\r\nHost: h\r\n\r\n",
		"no version":        "GET /api/open/x\r\nHost: h\r\n\r\n",
		"version":           "GET /api/open/x HTTP/9.9x\r\nHost: h\r\n\r\n",
		"no colon":          "GET /api/open/x HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n",
	} {
		r := d.raw(text)
		if r.StatusCode != 400 || r.message() != notUnderstood || !r.Close {
			t.Errorf("%s: %d %s, closed %v", name, r.StatusCode, r.body, r.Close)
		}
		if r.Header.Get("Content-Security-Policy") == "" || r.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: %v", name, r.Header)
		}
	}
	if _, _, n := d.echo.received(); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}

func TestAmbiguousPathsAreRefused(t *testing.T) {
	d := open(t)
	for _, path := range []string{
		"/api//id", "/api/./id", "/api/open/../id", "/api/%2e%2e/id", "/api%2fid", `/api\id`, "/api/id%00", "/api;x/id",
		"/api/open/%252e", "/api/%zz", "//evil/api/id", "/caf\xe9", "/api/open/x#y",
	} {
		d.want(d.raw(fmt.Sprintf("GET %s HTTP/1.1\r\nHost: h\r\n\r\n", path)), 400, notUnderstood)
	}
	if _, _, n := d.echo.received(); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}

func TestUnknownMethods(t *testing.T) {
	d := open(t)
	for _, line := range []string{
		"CONNECT h:80", "CONNECT /api/open/x", "TRACE /api/open/x", "PROPFIND /api/open/x", "get /api/open/x",
	} {
		r := d.raw(line + " HTTP/1.1\r\nHost: h\r\n\r\n")
		d.want(r, 405, "This method is not allowed here.")
		if r.Header.Get("X-Frame-Options") != "DENY" || !r.Close || r.Header.Get("Allow") == "" {
			t.Errorf("%s: %v", line, r.Header)
		}
	}
	for path, want := range map[string]string{"/api/open/x": "GET, HEAD, POST", "/signup": "GET, HEAD"} {
		if r := d.raw("PROPFIND " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"); r.Header.Get("Allow") != want {
			t.Errorf("%s allows %q; want %q", path, r.Header.Get("Allow"), want)
		}
	}
}

func TestLimits(t *testing.T) {
	d := open(t)
	const tooLarge = "The request is too large."
	d.want(d.call("POST", "/api/small", strings.Repeat("x", 1024)), 200, "")
	d.want(d.call("POST", "/api/small", strings.Repeat("x", 1025)), 413, tooLarge)
	d.want(d.call("POST", "/api/authenticate", strings.Repeat("x", 64<<10)), 200, "")
	d.want(d.call("POST", "/api/authenticate", strings.Repeat("x", 64<<10+1)), 413, tooLarge)
	d.want(d.call("POST", "/api/users", strings.Repeat("x", 1<<20), "Cookie: jwt="+d.token("Admin"), "Sec-Fetch-Site: none"), 200, "")
	d.want(d.raw("POST /api/small HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n"), 413, tooLarge)
	d.want(d.raw("POST /api/small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n"+strings.Repeat("x", 0x800)+"\r\n0\r\n\r\n"), 413, tooLarge)
	d.want(d.raw("POST /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n"), 413, tooLarge)
	d.want(d.call("GET", "/api/open/x", "", "X-Long: "+strings.Repeat("x", 17<<10)), 431, "The request headers are too large.")
	r := d.call("POST", "/api/small", strings.Repeat("x", 2000), "Origin: "+allowed)
	if r.Header.Get("Access-Control-Allow-Origin") != allowed {
		t.Error("a page of an allowed origin cannot read the refusal")
	}
	d.want(d.call("GET", "/api/open/x", "", "Cookie: a="+strings.Repeat("x", 8<<10)), 200, "")
}
