package edge_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"gatehouse/gateway/internal/edge"
)

var digits = strings.Repeat("0123456789", 100)

// files is a frontend in which there is something to compress and to refer to.
func files(o *edge.Options) {
	o.Pages = fstest.MapFS{
		"index.html":  {Data: []byte(`<script type="module" src="/js/x.js"></script>` + digits)},
		"404.html":    {Data: []byte("<h1>Not found</h1>" + digits)},
		"js/x.js":     {Data: []byte("export const digits = '" + digits + "'")},
		"digits.txt":  {Data: []byte(digits)},
		"few.txt":     {Data: []byte("0123456789")},
		"nothing.txt": {Data: nil},
	}
}

func TestEncodings(t *testing.T) {
	d := open(t, files)
	etags := map[string]string{}
	for header, want := range map[string]string{"": "", "gzip": "gzip", "gzip, deflate, br, zstd": "br", "br;q=0, *": "gzip", "identity": ""} {
		for _, path := range []string{"/", "/digits.txt", "/js/x.js"} {
			r := d.call("GET", path, "", "Accept-Encoding: "+header)
			h := r.Header
			if r.StatusCode != 200 || h.Get("Content-Encoding") != want || want != "" && len(r.body) > 400 || want == "" && len(r.body) < 1000 {
				t.Errorf("%s in %q: %d, %d bytes, %v", path, header, r.StatusCode, len(r.body), h)
			}
			if h.Get("Vary") != "Accept-Encoding, Origin" || r.ContentLength != int64(len(r.body)) {
				t.Errorf("%s in %q: %v", path, header, h)
			}
			if before, ok := etags[path+want]; ok && before != h.Get("ETag") {
				t.Errorf("%s in %q has two tags", path, want)
			}
			etags[path+want] = h.Get("ETag")
		}
	}
	different := map[string]bool{}
	for _, etag := range etags {
		different[etag] = true
	}
	if len(different) != 9 {
		t.Errorf("the tags are %v", etags)
	}
	r := d.call("GET", "/nowhere", "", "Accept: text/html", "Accept-Encoding: gzip")
	if r.StatusCode != 404 || r.Header.Get("Content-Encoding") != "gzip" || r.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
}

func TestLastingAddresses(t *testing.T) {
	d := open(t, files)
	page := d.call("GET", "/", "").body
	address := regexp.MustCompile(`/js/x\.[0-9a-f]{12}\.js`).FindString(page)
	if address == "" {
		t.Fatalf("%s", page)
	}
	older := strings.Replace(address, address[len("/js/x.")+6:len("/js/x.")+12], "000000", 1)
	etag := d.call("GET", "/js/x.js", "").Header.Get("ETag")
	for path, caching := range map[string]string{
		address: "public, max-age=31536000, immutable", "/js/x.js": "no-cache", older: "no-cache", address + "?x": "public, max-age=31536000, immutable",
	} {
		for status, header := range map[int]string{200: `If-None-Match: "other"`, 304: "If-None-Match: " + etag, 206: "Range: bytes=1-"} {
			r := d.call("GET", path, "", header)
			if r.StatusCode != status || r.Header.Get("Cache-Control") != caching || r.Header.Get("ETag") != etag {
				t.Errorf("%s, %s: %d %v", path, header, r.StatusCode, r.Header)
			}
		}
	}
	d.want(d.call("POST", address, ""), 405, "This method is not allowed here.")
}

func TestConditions(t *testing.T) {
	d := open(t, files)
	plain := d.call("GET", "/digits.txt", "").Header.Get("ETag")
	gzip := d.call("GET", "/digits.txt", "", "Accept-Encoding: gzip").Header.Get("ETag")
	for _, c := range []struct {
		status  int
		headers []string
	}{
		{304, []string{"If-None-Match: " + gzip, "Accept-Encoding: gzip"}},
		{200, []string{"If-None-Match: " + gzip}}, // it is not in gzip that this client would get it
		{200, []string{"If-None-Match: " + plain, "Accept-Encoding: gzip"}},
		{304, []string{"If-None-Match: " + plain, "Range: bytes=0-1"}},
		{304, []string{"If-None-Match: " + plain, "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT"}},
		{200, []string{"If-Modified-Since: Sat, 01 Jan 2100 00:00:00 GMT"}}, // there is no date to compare
		{200, []string{"If-Match: " + plain}},
		{200, []string{"If-Match: *"}},
		{200, []string{"If-Match: " + gzip + ", " + plain}},
		{304, []string{"If-Match: " + plain, "If-None-Match: *"}},
		{412, []string{"If-Match: " + gzip}},
		{412, []string{"If-Match: W/" + plain}},
		{412, []string{"If-Match: " + gzip, "If-None-Match: " + plain}},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			r := d.call(method, "/digits.txt", "", c.headers...)
			if r.StatusCode != c.status || c.status == 304 && (r.body != "" || r.Header.Get("Vary") == "") {
				t.Errorf("%s with %v: %d %v", method, c.headers, r.StatusCode, r.Header)
			}
			for _, ofContent := range []string{"Content-Type", "Content-Encoding", "Accept-Ranges"} {
				if c.status == 304 && r.Header.Get(ofContent) != "" {
					t.Errorf("%s with %v: %v", method, c.headers, r.Header)
				}
			}
		}
	}
	d.want(d.call("GET", "/digits.txt", "", `If-Match: "other"`), 412, "The file is not the one that was asked for.")
}

func TestRanges(t *testing.T) {
	d := open(t, files)
	etag := d.call("GET", "/few.txt", "").Header.Get("ETag")
	for _, c := range []struct {
		header, ifRange string
		status          int
		body, content   string
	}{
		{"bytes=0-3", "", 206, "0123", "bytes 0-3/10"},
		{"bytes=3-3", "", 206, "3", "bytes 3-3/10"},
		{"bytes=7-", "", 206, "789", "bytes 7-9/10"},
		{"bytes=7-99999999999999999999999", "", 206, "789", "bytes 7-9/10"},
		{"bytes=-3", "", 206, "789", "bytes 7-9/10"},
		{"bytes=-10", "", 206, "0123456789", "bytes 0-9/10"},
		{"bytes=-18446744073709551616", "", 206, "0123456789", "bytes 0-9/10"},
		{"BYTES= 1-2", "", 206, "12", "bytes 1-2/10"},
		{"bytes=1-2", etag, 206, "12", "bytes 1-2/10"},
		{"bytes=10-", "", 416, "", "bytes */10"},
		{"bytes=18446744073709551615-", "", 416, "", "bytes */10"},
		{"bytes=-0", "", 416, "", "bytes */10"},
		{"bytes=10-", `"other"`, 200, "0123456789", ""},
		{"bytes=1-2", `"other"`, 200, "0123456789", ""},
		{"bytes=1-2", "W/" + etag, 200, "0123456789", ""},
		{"bytes=1-2", "Sat, 01 Jan 2000 00:00:00 GMT", 200, "0123456789", ""},
		{"bytes=1-2,4-5", "", 200, "0123456789", ""},
		{"bytes=2-1", "", 200, "0123456789", ""},
		{"bytes=-", "", 200, "0123456789", ""},
		{"bytes=", "", 200, "0123456789", ""},
		{"bytes", "", 200, "0123456789", ""},
		{"bytes=+1-2", "", 200, "0123456789", ""},
		{"bytes=a-b", "", 200, "0123456789", ""},
		{"bytes=--1", "", 200, "0123456789", ""},
		{"lines=1-2", "", 200, "0123456789", ""},
		{"", "", 200, "0123456789", ""},
	} {
		headers := []string{"Range: " + c.header}
		if c.ifRange != "" {
			headers = append(headers, "If-Range: "+c.ifRange)
		}
		r := d.call("GET", "/few.txt", "", headers...)
		if r.StatusCode != c.status || r.Header.Get("Content-Range") != c.content || c.status != 416 && r.body != c.body {
			t.Errorf("%v: %d %v %s", headers, r.StatusCode, r.Header, r.body)
		}
		if c.status == 416 {
			d.want(r, 416, "The file has no such part.")
		} else if r.Header.Get("Accept-Ranges") != "bytes" || r.ContentLength != int64(len(c.body)) {
			t.Errorf("%v: %v", headers, r.Header)
		}
	}
}

func TestRangesAreOfWhatIsSent(t *testing.T) {
	d := open(t, files)
	whole := d.call("GET", "/digits.txt", "", "Accept-Encoding: gzip")
	part := d.call("GET", "/digits.txt", "", "Accept-Encoding: gzip", "Range: bytes=2-9", "If-Range: "+whole.Header.Get("ETag"))
	if part.StatusCode != 206 || part.body != whole.body[2:10] || part.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("%d %v", part.StatusCode, part.Header)
	}
	if r := d.call("HEAD", "/digits.txt", "", "Range: bytes=2-9"); r.StatusCode != 200 || r.ContentLength != 1000 {
		t.Errorf("HEAD: %d %v", r.StatusCode, r.Header)
	}
	if r := d.call("GET", "/nothing.txt", "", "Range: bytes=0-"); r.StatusCode != 200 || r.body != "" {
		t.Errorf("of nothing: %d %v", r.StatusCode, r.Header)
	}
}

func TestHeadIsAGetWithoutTheBody(t *testing.T) {
	d := open(t, files)
	for _, path := range []string{"/", "/js/x.js", "/few.txt"} {
		for _, encoding := range []string{"", "gzip", "br"} {
			get, head := d.call("GET", path, "", "Accept-Encoding: "+encoding), d.call("HEAD", path, "", "Accept-Encoding: "+encoding)
			for _, h := range []http.Header{get.Header, head.Header} {
				h.Del("Date")
				h.Del("X-Request-Id")
			}
			if head.body != "" || head.ContentLength != get.ContentLength {
				t.Errorf("%s: %d bytes of %d against %d", path, len(head.body), head.ContentLength, get.ContentLength)
			}
			for name := range get.Header {
				if get.Header.Get(name) != head.Header.Get(name) {
					t.Errorf("%s: %s: %v against %v", path, name, head.Header, get.Header)
				}
			}
		}
	}
}
