package edge

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// cookieHeader is a request header with the lines given as Cookie, or nil when the server would not have let it in.
func cookieHeader(lines ...string) *fasthttp.RequestHeader {
	var text strings.Builder
	text.WriteString("GET / HTTP/1.1\r\nHost: h\r\n")
	for _, line := range lines {
		if strings.ContainsAny(line, "\r\n") {
			return nil // more than a line
		}
		text.WriteString("Cookie: " + line + "\r\n")
	}
	text.WriteString("\r\n")
	var req fasthttp.Request
	if err := req.Header.Read(newReader(text.String())); err != nil || checkHeader(req.Header.RawHeaders()) != nil {
		return nil
	}
	return &req.Header
}

// seen is how often, and with which values, net/http sees a cookie of the name.
func seen(name string, lines ...string) []string {
	var values []string
	for _, c := range (&http.Request{Header: http.Header{"Cookie": lines}}).CookiesNamed(name) {
		values = append(values, c.Value)
	}
	return values
}

// bare is a value without the spaces and quotes around it, which readers treat in different ways and no value of ours has.
func bare(value string) string { return strings.Trim(value, " \t\"") }

// FuzzCookies looks for a cookie that we count once and another reader sees twice, for one of ours that goes upstream, and
// for one of somebody else's that is lost on the way.
func FuzzCookies(f *testing.F) {
	for _, seed := range [][2]string{
		{"jwt=a; jwt_refresh=b; jwt_device=c; theme=dark", ""}, {"jwt=a", "jwt=b"}, {"jwt=a;jwt=b", ""}, {"jwt = a", "\tjwt\t=b"},
		{`jwt="a; jwt=b"`, `x="; jwt=c`}, {"jwt", "=jwt"}, {"JWT=a; jwt=", "; ;;"}, {"a=b,jwt=c", "$Version=1; jwt=d"},
		{"\u00a0jwt=a", "jwt\u0085=b"}, {"jwt=a\tb", "jwt==="}, {"jwt= 0", ""}, {`jwt=" 0"`, ""}, {"\xa0", "0\u0085 "}, {"jwt=\"0", "0"}, {`a="jwt_refresh=1"`, `jwt_refresh\=1`},
	} {
		f.Add(seed[0], seed[1])
	}
	k := newCookies("jwt", false)
	f.Fuzz(func(t *testing.T, first, second string) {
		h := cookieHeader(first, second)
		if h == nil {
			return
		}
		n := k.find(h.RawHeaders())
		for name, count := range map[string]int{k.access: n.access, k.refresh: n.refresh, k.device: n.device} {
			values := seen(name, first, second)
			if len(values) > count {
				t.Errorf("%s is counted %d times, but others see %q", name, count, values)
			}
			if ours := h.Cookie(name); count == 1 && len(values) == 1 && len(ours) > 0 && bare(string(ours)) != bare(values[0]) {
				t.Errorf("%s is %q to us, and %q to others", name, ours, values[0])
			}
		}
		theirs := h.Cookie(k.access) // nothing when there is a quote or a backslash in it
		if n.access == 1 && len(theirs) > 0 && bare(string(n.token)) != bare(string(theirs)) {
			t.Errorf("%s is %q to us, and %q to fasthttp", k.access, n.token, theirs)
		}
		checkUpstream(t, k, h.RawHeaders(), first, second)
	})
}

// forUpstream is the value of the Cookie line that goes upstream, or empty when there is none.
func forUpstream(k cookies, raw []byte, trusted bool) string {
	var h header
	h.cookies(raw, &k, trusted)
	return strings.TrimSuffix(strings.TrimPrefix(string(h), "Cookie: "), "\r\n")
}

// checkUpstream wants all cookies but ours to go upstream, in their order, in one line.
func checkUpstream(t *testing.T, k cookies, raw []byte, lines ...string) {
	t.Helper()
	out := string(forUpstream(k, raw, false))
	if strings.ContainsAny(out, "\r\n\x00") {
		t.Errorf("%q goes upstream", out)
	}
	for _, name := range []string{k.access, k.refresh, k.device} {
		if got := seen(name, out); len(got) > 0 {
			t.Errorf("%s=%q goes upstream in %q", name, got, out)
		}
	}
	if got := seen(k.access, string(forUpstream(k, raw, true))); len(got) > 0 {
		t.Errorf("%s=%q goes to a trusted upstream", k.access, got)
	}
	var want, got bytes.Buffer
	for _, c := range (&http.Request{Header: http.Header{"Cookie": lines}}).Cookies() {
		if c.Name != k.access && c.Name != k.refresh && c.Name != k.device {
			want.WriteString(c.String() + "\n")
		}
	}
	for _, c := range (&http.Request{Header: http.Header{"Cookie": {out}}}).Cookies() {
		got.WriteString(c.String() + "\n")
	}
	if want.String() != got.String() {
		t.Errorf("%q became %q", lines, out)
	}
}
