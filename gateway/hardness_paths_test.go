package main

import (
	"strings"
	"testing"
	"time"
)

// What an attack comes to, mostly.
const (
	served   = "200 open"
	rejected = "400 closed"
)

// In none of these places may any of these stand: some server reads another path there. Each is tried below a public
// route, where it could lead into a guarded one.
var (
	ambiguous = []string{
		"%2f", "%2F", "%5c", "%5C", `\`, "%00", "%2e", "%2E", "%2e%2e", "%2e.", ".%2E", "%25", "%252f", "%25%32%66", "%zz", "%", "%1",
		";", ";a=b", "%3b", "%3B", "\x01", "\x0b", "\x7f", "\x80", "%01", "%08", "%09", "%0a", "%0d", "%0d%0a", "%7f", "%c0%af", "%c0%ae",
		"%e0%80%af", "%f0%80%80%af", "%ff", "%c3", "\xc3\xa9", "\xff", "#", "#/../", "\"", "<", ">", "|", "^", "`", "{", "}", "[", "]",
		"%u002f", "%%32%66", "..%2f", "..%5c", "..;", "..%00", "%2f..", "//", "/./", "/../", "///",
	}
	places = []string{"/open/a@b", "/open/a/@/b", "/open/@", "/@/open/a", "/mine/@", "/open/a/@mine/b"}
	// alone are dots, which are ambiguous as a whole segment only.
	alone = []string{"/open/../mine/a", "/open/./a", "/open/a/..", "/open/a/.", "/../mine/a", "/./mine/a", "/..", "/."}
)

func TestAmbiguousPathsReachNobody(t *testing.T) {
	var attacks []attack
	for _, place := range places {
		for _, text := range ambiguous {
			target := strings.Replace(place, "@", text, 1)
			attacks = append(attacks, attack{name: target, send: get(target), answers: rejected})
		}
	}
	for _, target := range alone {
		attacks = append(attacks, attack{name: target, send: get(target), answers: rejected})
	}
	openHouse(t, 15*time.Second).try(t, attacks)
}

func TestTargetsOfAnotherFormReachNobody(t *testing.T) {
	var attacks []attack
	for _, line := range []string{
		"GET http://h/open/a", "GET http://evil/mine/a", "GET https://h/open/a", "GET HTTP://h/open/a", "GET http:/open/a", "GET http:open/a",
		"GET http:///open/a", "GET file:///etc/passwd", "GET //evil/open/a", "GET //open/a", "GET h:80", "GET h/open/a", "GET open/a", "GET *",
		"OPTIONS *", "OPTIONS http://h", "GET @evil/open/a", "GET ?a=b", "GET #a", "GET .", "GET ../open/a", "GET javascript:alert(1)",
		"GET http://h@evil/open/a", "GET http://evil#@h/open/a", "POST http://h/open/a", "GET [::1]:80", "GET /open/a http://h/open/b",
	} {
		attacks = append(attacks, attack{name: line, send: line + " HTTP/1.1\r\nHost: h\r\n\r\n", answers: rejected})
	}
	openHouse(t, 15*time.Second).try(t, attacks)
}

func TestRequestLinesThatAreNone(t *testing.T) {
	var attacks []attack
	for _, line := range []string{
		" GET /open/a HTTP/1.1", "\tGET /open/a HTTP/1.1", "GET  /open/a HTTP/1.1", "GET /open/a  HTTP/1.1", "GET\t/open/a HTTP/1.1",
		"GET /open/a\tHTTP/1.1", "GET /open/a HTTP/1.1 ", "GET /open/a HTTP/1.1\t", "GET /open/a HTTP/1.1 x", "GET /open/a b HTTP/1.1",
		"GET /open/a\x0bHTTP/1.1", "GET\x0b/open/a HTTP/1.1", "GET\x00/open/a HTTP/1.1", "GET /open/a\x00 HTTP/1.1", "GET /open/a?b c HTTP/1.1",
		"GET /open/a?b\x00 HTTP/1.1", "GET /open/a?b\xff HTTP/1.1", "GET /open/a?b#c HTTP/1.1", "GET /open/a HTTP/1.1\r", "GET /open/a\rHTTP/1.1",
		"GET /open/a", "GET /open/a ", "GET", "/open/a HTTP/1.1", "GET HTTP/1.1", "GET /open/a HTTP/", "GET /open/a HTTP/1", "GET /open/a HTTP/1.",
		"GET /open/a HTTP/0.9", "GET /open/a HTTP/1.2", "GET /open/a HTTP/1.10", "GET /open/a HTTP/01.1", "GET /open/a HTTP/2.0", "GET /open/a HTTP/3",
		"GET /open/a http/1.1", "GET /open/a HTP/1.1", "GET /open/a HTTP /1.1", "GET /open/a HTTP/ 1.1", "GET /open/a HTTP/1,1", "GET /open/a HTTP/1.1\x00",
		"GET /open/a XHTTP/1.1", "GET /open/a /1.1", "PRI * HTTP/2.0", "\x16\x03\x01\x02\x00", "\x00", "HTTP/1.1 200 OK",
	} {
		attacks = append(attacks, attack{name: line, send: line + "\r\nHost: h\r\n\r\n", answers: rejected})
	}
	openHouse(t, 15*time.Second).try(t, attacks)
}

// What may be written in two ways and still means one thing arrives in one way, and is guarded in each.
func TestOnePathForEachSpelling(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	h.try(t, []attack{
		{"as it is", get("/open/a"), served, []string{"GET /open/a"}, false},
		{"a needless escape", get("/op%65n/%61"), served, []string{"GET /open/a"}, false},
		{"a guarded one", get("/min%65/a"), "401 open", nil, false},
		{"a tilde", get("/open/%7Ea"), served, []string{"GET /open/~a"}, false},
		{"a space", get("/open/a%20b"), served, []string{"GET /open/a%20b"}, false},
		{"UTF-8", get("/open/caf%c3%a9"), served, []string{"GET /open/caf%C3%A9"}, false},
		{"a question mark", get("/open/a%3Fb?c"), served, []string{"GET /open/a%3Fb?c"}, false},
		{"dots in a name", get("/open/...a..b"), served, []string{"GET /open/...a..b"}, false},
		{"an @", get("/open/@evil:80"), served, []string{"GET /open/@evil:80"}, false},
		{"a slash at the end", get("/open/a/"), served, []string{"GET /open/a/"}, false},
		{"a query", get("/open/a?b=../..//;%2e%00%0d%0a\\"), served, []string{"GET /open/a?b=../..//;%2e%00%0d%0a\\"}, false},
		{"a target in the query", get("/open/a?u=http://evil/mine/"), served, []string{"GET /open/a?u=http://evil/mine/"}, false},
		{"another case", get("/OPEN/a"), "404 open", nil, false},
		{"another case of a guarded one", get("/Mine/a"), "404 open", nil, false},
		{"a prefix without its slash", get("/mine"), "404 open", nil, false},
		{"a prefix that goes on", get("/minecraft"), "404 open", nil, false},
		{"an exact path that goes on", get("/small/a"), "404 open", nil, false},
		{"a page", get("/"), served, nil, false},
	})
}

func TestRedirectsLeadNowhereElse(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	h.try(t, []attack{
		{"a form", request("POST", "/", "Accept: text/html", "Content-Length: 0", "Sec-Fetch-Site: none"), "303 open", nil, false},
		{"with a query", request("POST", "/?next=//evil", "Accept: text/html", "Content-Length: 0", "Sec-Fetch-Site: none"), "303 open", nil, false},
		{"another host", request("POST", "//evil", "Accept: text/html", "Content-Length: 0"), rejected, nil, false},
		{"a backslash", request("POST", `/\evil`, "Accept: text/html", "Content-Length: 0"), rejected, nil, false},
		{"an escaped one", request("POST", "/%5cevil", "Accept: text/html", "Content-Length: 0"), rejected, nil, false},
		{"an escaped slash", request("POST", "/%2fevil", "Accept: text/html", "Content-Length: 0"), rejected, nil, false},
		{"dots", request("POST", "/..//evil", "Accept: text/html", "Content-Length: 0"), rejected, nil, false},
		{"a host of their own", "POST / HTTP/1.1\r\nHost: evil\r\nAccept: text/html\r\nContent-Length: 0\r\n\r\n", "303 open", nil, false},
	})
}
