package main

import (
	"strings"
	"testing"
	"time"
)

// smuggled is a request that must never be heard: it stands where a gateway and its upstream could disagree about where
// the request before it ends.
const smuggled = "GET /open/smuggled HTTP/1.1\r\nHost: h\r\n\r\n"

// post is a call with a body, framed by the header lines.
func post(body string, lines ...string) string { return request("POST", "/open/a", lines...) + body }

func TestTwoLengths(t *testing.T) {
	const chunked = "Transfer-Encoding: chunked"
	attacks := []attack{
		{"CL and TE", post("0\r\n\r\n"+smuggled, "Content-Length: 6", chunked), rejected, nil, false},
		{"TE and CL", post("5\r\nhello\r\n0\r\n\r\n"+smuggled, chunked, "Content-Length: 4"), rejected, nil, false},
		{"CL of nothing and TE", post("0\r\n\r\n"+smuggled, "Content-Length: 0", chunked), rejected, nil, false},
		{"equal ones", post("hello"+smuggled, "Content-Length: 5", "Content-Length: 5"), rejected, nil, false},
		{"two spellings", post("hello"+smuggled, "Content-Length: 0", "content-length: 5"), rejected, nil, false},
		{"two TE", post("0\r\n\r\n"+smuggled, chunked, chunked), rejected, nil, false},
		{"a TE of each kind", post("0\r\n\r\n"+smuggled, chunked, "Transfer-Encoding: identity"), rejected, nil, false},
		{"TE on HTTP/1.0", strings.Replace(post("0\r\n\r\n"+smuggled, chunked), "HTTP/1.1", "HTTP/1.0", 1), rejected, nil, false},
		{"TE on HTTP/1.0, kept", strings.Replace(post("0\r\n\r\n"+smuggled, chunked, "Connection: keep-alive"), "HTTP/1.1", "HTTP/1.0", 1), rejected, nil, false},
		{"TE of a GET and CL", get("/open/a", chunked, "Content-Length: 5") + "0\r\n\r\n" + smuggled, rejected, nil, false},
	}
	for _, length := range []string{
		"5, 5", "5,5", "5 5", "0, 5", "+5", "-5", "-0", "5.0", "5e0", "0x5", "5;", "5\x00", "\x0b5", "five", "", "\"5\"", "٥", "5\x0c",
		"18446744073709551621", "4294967301999999999999", "99999999999999999999999999999999999999",
	} {
		attacks = append(attacks, attack{"the length " + length, post("hello"+smuggled, "Content-Length: "+length), rejected, nil, false})
	}
	for _, coding := range []string{
		"identity", "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked, identity", "identity, chunked", "xchunked",
		"chunkedx", "chunk", "chunked;", "chunked;q=1", "chunked,", ",chunked", "\"chunked\"", "'chunked'", "chunked\x00", "chunked\x0b", "\x0bchunked",
		"", "x", "trailers", "chunked\u00a0", "c\u0068unked\u200b",
	} {
		attacks = append(attacks, attack{"the coding " + coding, post("0\r\n\r\n"+smuggled, "Transfer-Encoding: "+coding), rejected, nil, false})
	}
	openHouse(t, 15*time.Second).try(t, attacks)
}

// One reading of a header block, or none.
func TestHeaderLinesThatTwoReadDifferently(t *testing.T) {
	var attacks []attack
	for _, lines := range []string{
		"Content-Length : 5", "Content-Length\t: 5", "Transfer-Encoding : chunked", "Host : evil", "X-A : b", " X-A: b", "\tX-A: b",
		"X-A: b\r\n c", "X-A: b\r\n\tX-User-Id: evil", "X-A: b\r\n Content-Length: 5", "Content-Length: 0\r\n 5", "Transfer-Encoding:\r\n chunked",
		"Transfer-Encoding: chunked\r\n , identity", "X-A:\r\n \r\n b", "X-A: b\r\n ", "X A: b", "Content Length: 5", "Transfer Encoding: chunked", "Host evil: h",
		"X-A\x00: b", "X-A: b\x00c", "X-A: \x01", "X-A: \x7f", "X-A: b\rX-User-Id: evil", "X-A: b\rContent-Length: 5", "X-A: b\r\rc", "\rX-A: b",
		"X-A: b\nX-User-Id: evil", "X-A: b\nContent-Length: 5", "X-A: b\nTransfer-Encoding: chunked", "X-A: b\n", "X-A: b\n\r\nGET /open/smuggled HTTP/1.1",
		": b", ":", "nonsense", "X-(A): b", "X-\xe9: b", "X@A: b", "X,A: b", "X/A: b", "\"X-A\": b", "X[A]: b", "{X}: b", "X\\A: b", "X;A: b", "X=A: b", "X?A: b",
		"Host: evil", "host: h", "HOST:", "Content-Type: a/b\r\nContent-Type: c/d", "Origin: http://h\r\nOrigin: http://evil",
		"Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site",
	} {
		attacks = append(attacks, attack{name: lines, send: get("/open/a", lines) + smuggled, answers: rejected})
	}
	openHouse(t, 15*time.Second).try(t, attacks)
}

func TestHosts(t *testing.T) {
	attacks := []attack{
		{"none", "GET /open/a HTTP/1.1\r\n\r\n", rejected, nil, false},
		{"none on HTTP/1.0", "GET /open/a HTTP/1.0\r\n\r\n", rejected, nil, false},
	}
	for _, host := range []string{
		"", "h, evil", "h evil", "h@evil", "user:pass@evil", "h/evil", "h/../evil", "h?evil", "h#evil", "h\\evil", "h\tevil", "http://evil", "h;evil", "h\"evil",
		"<evil>", "h'evil", "h%00evil", "h%2fevil", "evil:port", "evil:80:80", "[::1", "::1]", "[evil]", "h\x00", "h\xff", "h\u00e9", "{evil}", "h|evil", "h^evil", "`evil`",
	} {
		attacks = append(attacks, attack{host, "GET /open/a HTTP/1.1\r\nHost: " + host + "\r\n\r\n", rejected, nil, false})
	}
	for _, host := range []string{"h", "h:8087", "gate.example.", "127.0.0.1:80", "[::1]:8087", "a_b-c.example"} {
		attacks = append(attacks, attack{host, "GET /open/a HTTP/1.1\r\nHost: " + host + "\r\n\r\n", served, []string{"GET /open/a"}, false})
	}
	openHouse(t, 15*time.Second).try(t, attacks)
}

func TestChunks(t *testing.T) {
	const hello = "POST /open/a\n\nhello"
	chunks := func(body string) string { return post(body, "Transfer-Encoding: chunked") }
	attacks := []attack{
		{"good ones", chunks("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"), served, []string{hello}, false},
		{"another spelling", post("5\r\nhello\r\n0\r\n\r\n", "transfer-encoding: Chunked"), served, []string{hello}, false},
		{"leading zeros", chunks("0005\r\nhello\r\n000\r\n\r\n"), served, []string{hello}, false},
		{"an extension", chunks("5;a=b\r\nhello\r\n0;c\r\n\r\n"), served, []string{hello}, false},
		{"a quoted extension", chunks("5;a=\"GET /open/smuggled\"\r\nhello\r\n0\r\n\r\n"), served, []string{hello}, false},
		{"a trailer", chunks("5\r\nhello\r\n0\r\nX-Trailer: evil\r\n\r\n"), served, []string{hello}, false},
		{"an identity in a trailer", chunks("5\r\nhello\r\n0\r\nX-User-Id: evil\r\n\r\n"), served, []string{hello}, false},
		{"two calls", chunks("5\r\nhello\r\n0\r\n\r\n") + chunks("5\r\nhello\r\n0\r\n\r\n"), "200 200 open", []string{hello, hello}, false},
		{"no end", chunks("5\r\nhello\r\n"), rejected, nil, true},
		{"half a chunk", chunks("5\r\nhel"), rejected, nil, true},
		{"half an end", chunks("5\r\nhello\r\n0\r\n"), rejected, nil, true},
		{"half a size", chunks("5"), rejected, nil, true},
	}
	for _, body := range []string{
		"5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5;\nhello\r\n0\r\n\r\n", "5;a\n5\r\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\rhello\r\n0\r\n\r\n",
		"5\r\nhello0\r\n\r\n", "5\r\nhelloxx0\r\n\r\n", "4\r\nhello\r\n0\r\n\r\n", "6\r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n", ";a\r\nhello\r\n0\r\n\r\n",
		"+5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "5_0\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "\t5\r\nhello\r\n0\r\n\r\n",
		"g\r\nhello\r\n0\r\n\r\n", "5 5\r\nhello\r\n0\r\n\r\n", "5,5\r\nhello\r\n0\r\n\r\n", "5\x00\r\nhello\r\n0\r\n\r\n", "5 ;a\r\nhello\r\n0\r\n\r\n",
		"ffffffffffffffff\r\nhello\r\n0\r\n\r\n", "10000000000000005\r\nhello\r\n0\r\n\r\n", "fffffffffffffffffffff\r\nhello\r\n0\r\n\r\n", "8000000000000000\r\nhello\r\n0\r\n\r\n",
		"5\r\nhello\r\n0\n\n", "5\r\nhello\r\n0\r\nx\r\n\r\n", "5\r\nhello\r\n0\r\n: x\r\n\r\n", "5\r\nhello\r\n0\r\nContent-Length: 99\r\n\r\n",
		"5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n0\r\nHost: evil\r\n\r\n",
	} {
		attacks = append(attacks, attack{body, chunks(body + smuggled), rejected, nil, false})
	}
	// The server is lenient about the end of the trailers. Nobody is told of them, and what follows is a request to us both.
	for _, trailers := range []string{"\n", "X-A : b\r\n\r\n", "X-A: b\n\r\n"} {
		body := "5\r\nhello\r\n0\r\n" + trailers
		attacks = append(attacks, attack{body, chunks(body + get("/open/b")), "200 200 open", []string{hello, "GET /open/b"}, false})
	}
	openHouse(t, 15*time.Second).try(t, attacks)
}

func TestWhatFollowsARequest(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	const sized = "Content-Length: 40"
	if len(smuggled) != 40 {
		t.Fatal(len(smuggled))
	}
	jwt := "Cookie: " + h.cookie("s1")
	h.try(t, []attack{
		{"good ones", get("/open/1") + get("/open/2") + get("/open/3"), "200 200 200 open", []string{"GET /open/1", "GET /open/2", "GET /open/3"}, false},
		{"a rejected one", get("/open//a") + smuggled, rejected, nil, false},
		{"a method of nobody", request("BREW", "/open/a") + smuggled, "405 closed", nil, false},
		{"a tunnel", "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n" + smuggled, "405 closed", nil, false},
		{"a body too large", request("POST", "/small", "Content-Length: 2000") + smuggled, "413 closed", nil, false},
		{"chunks too large", request("POST", "/small", "Transfer-Encoding: chunked") + "7d0\r\n" + strings.Repeat("x", 2000) + smuggled, "413 closed", nil, false},
		{"a huge body", request("POST", "/open/a", "Content-Length: 9223372036854775807") + smuggled, "413 closed", nil, false},
		{"huge headers", get("/open/a", "X-A: "+strings.Repeat("a", 17<<10)) + smuggled, "431 closed", nil, false},
		{"the body of nothing here", request("POST", "/none", sized) + smuggled, "404 open", nil, false},
		{"the body of no session", request("POST", "/mine/a", sized) + smuggled, "401 open", nil, false},
		{"the body of a wrong method", request("DELETE", "/open/a", sized) + smuggled, "405 open", nil, false},
		{"the body of a wrong role", request("GET", "/admin/a", sized, jwt) + smuggled, "403 open", nil, false},
		{"the body of another site", request("POST", "/mine/a", sized, jwt, "Origin: http://evil") + smuggled, "403 open", nil, false},
		{"the body of two cookies", request("POST", "/open/a", sized, "Cookie: jwt=a; jwt=b") + smuggled, "400 open", nil, false},
		{"the body of a page", request("POST", "/", sized, "Sec-Fetch-Site: none") + smuggled, "405 open", nil, false},
		{"the body of a preflight", request("OPTIONS", "/open/a", sized, "Origin: http://localhost:8087", "Access-Control-Request-Method: GET") + smuggled, "403 open", nil, false},
		{"the body of a GET", request("GET", "/open/a", sized) + smuggled, served, []string{"GET /open/a\n\n" + smuggled}, false},
		{"the chunks of a GET", request("GET", "/open/a", "Transfer-Encoding: chunked") + "28\r\n" + smuggled + "\r\n0\r\n\r\n", served, []string{"GET /open/a\n\n" + smuggled}, false},
		{"a service that is down", request("GET", "/nowhere", sized) + smuggled, "503 open", nil, false},
		{"close", get("/open/a", "Connection: close") + smuggled, "200 closed", []string{"GET /open/a"}, false},
		{"close among others", get("/open/a", "Connection: x, Close") + smuggled, "200 closed", []string{"GET /open/a"}, false},
		{"HTTP/1.0", "GET /open/a HTTP/1.0\r\nHost: h\r\n\r\n" + smuggled, "200 closed", []string{"GET /open/a"}, false},
		{"HTTP/1.0 that stays", "GET /open/a HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", served, []string{"GET /open/a"}, false},
		{"a body that ends early", post("hel", "Content-Length: 5"), rejected, nil, true},
		{"a header that ends early", "GET /open/a HTTP/1.1\r\nHost: h\r\n", rejected, nil, true},
		{"a line that ends early", "GET /open/a HT", rejected, nil, true},
		{"lines that end in LF", "GET /open/a HTTP/1.1\nHost: h\n\n", rejected, nil, true},
		{"the last line in LF", "GET /open/a HTTP/1.1\r\nHost: h\r\n\n", rejected, nil, true},
		{"the first line in LF", "GET /open/a HTTP/1.1\nHost: h\r\n\r\n", served, []string{"GET /open/a"}, false}, // RFC 9112 §2.2 allows it
		{"an upgrade to HTTP/2", get("/open/a", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"), served, []string{"GET /open/a"}, false},
	})
}

func TestExpectations(t *testing.T) {
	openHouse(t, 15*time.Second).try(t, []attack{
		{"100-continue", post("hello", "Expect: 100-continue", "Content-Length: 5"), "100 200 open", []string{"POST /open/a\n\nhello"}, false},
		{"another case", post("hello", "Expect: 100-Continue", "Content-Length: 5"), "100 200 open", []string{"POST /open/a\n\nhello"}, false},
		{"with chunks", post("5\r\nhello\r\n0\r\n\r\n", "Expect: 100-continue", "Transfer-Encoding: chunked"), "100 200 open", []string{"POST /open/a\n\nhello"}, false},
		{"without a body", get("/open/a", "Expect: 100-continue"), "100 200 open", []string{"GET /open/a"}, false},
		{"too large a body", request("POST", "/small", "Expect: 100-continue", "Content-Length: 2000"), "100 413 closed", nil, false},
		{"a bad path", request("POST", "/open//a", "Expect: 100-continue", "Content-Length: 5") + "hello", "100 400 closed", nil, false},
		{"what nobody has heard of", post("hello", "Expect: 200-ok", "Content-Length: 5"), served, []string{"POST /open/a\n\nhello"}, false},
		{"no body after all", post("", "Expect: 100-continue", "Content-Length: 5"), "100 400 closed", nil, true},
	})
}
