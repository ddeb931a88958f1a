package site_test

import (
	"strings"
	"testing"
)

func TestAcceptEncoding(t *testing.T) {
	s := load(t, "a.css", strings.Repeat("a { color: red }\n", 100), "tiny.txt", "x")
	for header, want := range map[string]string{
		"":                                     "",
		"gzip":                                 "gzip",
		"br":                                   "br",
		"gzip, deflate, br, zstd":              "br",
		"GZIP":                                 "gzip",
		"x-gzip":                               "gzip",
		"gzip;q=1.0, br;q=0.9":                 "gzip",
		"gzip ; q=0.5 , br; Q=0.8":             "br",
		"br;q=0, gzip":                         "gzip",
		"br;q=0, gzip;q=0":                     "",
		"*":                                    "br",
		"*;q=0.5, br;q=0.1, identity;q=0.2":    "gzip",
		"*;q=0, gzip":                          "gzip",
		"*;q=0":                                "",
		"identity":                             "",
		"identity;q=0.5, gzip;q=0.4, br;q=0.3": "",
		"identity;q=0.5, gzip;q=0.5":           "gzip",
		"identity, br;q=0.999":                 "",
		"identity;q=0":                         "",
		"identity;q=0, gzip;q=0.001":           "gzip",
		"br;q=0.5, *;q=0.6":                    "gzip",
		"gzip;q=nonsense, deflate;q=2":         "",
		"gzip;q=2":                             "",
		"gzip;level=9":                         "gzip",
		"deflate, zstd":                        "",
		", ,gzip,":                             "gzip",
	} {
		if got := s.At("/a.css").For(header).Encoding; got != want {
			t.Errorf("Accept-Encoding: %s: %q; want %q", header, got, want)
		}
	}
	if tiny := s.At("/tiny.txt"); tiny.Negotiated() || tiny.For("gzip, br").Encoding != "" {
		t.Error("a file that grows when it is compressed is compressed")
	}
	if !s.At("/a.css").Negotiated() {
		t.Error("a file that comes in encodings does not say so")
	}
}

func TestETagsAreOfOneEncoding(t *testing.T) {
	s := load(t, "a.css", strings.Repeat("a { color: red }\n", 100))
	seen := map[string]bool{}
	for _, encoding := range []string{"", "gzip", "br"} {
		etag := s.At("/a.css").For(encoding).ETag
		if seen[etag] || len(etag) != 34 || !strings.HasPrefix(etag, `"`) {
			t.Errorf("%q: ETag %s", encoding, etag)
		}
		seen[etag] = true
	}
}

func TestNegotiationAllocatesNothing(t *testing.T) {
	f := load(t, "a.css", strings.Repeat("a { color: red }\n", 100)).At("/a.css")
	if n := testing.AllocsPerRun(100, func() { f.For("gzip, deflate, br;q=0.8, zstd, *;q=0.1") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
