package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// identity is what the gateway says about the caller of a session.
func identity(line, sid string) string {
	return line + "\nX-User-Id: 7\nX-User-Uid: ada\nX-User-Role: User\nX-Session-Id: " + sid
}

// spellings are the ways to write a header's name that some server takes for that name.
func spellings(name string) []string {
	return []string{
		name, strings.ToLower(name), strings.ToUpper(name), strings.ReplaceAll(name, "-", "_"), strings.Replace(name, "-", "_", 1),
		strings.ToUpper(strings.ReplaceAll(name, "-", "_")), strings.ReplaceAll(name, "-", "."), strings.ReplaceAll(name, "-", "~"),
		strings.ReplaceAll(name, "-", "!"), name + "_", name + "!", "_" + name, "HTTP_" + name,
	}
}

func TestNobodyIsBelievedByAHeader(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	var attacks []attack
	for _, name := range []string{
		"X-User-Id", "X-User-Uid", "X-User-Role", "X-User-Anything", "X-Session-Id", "X-Auth-User", "X-Auth-Request-Email", "X-Gatehouse-Secret", "X-Forwarded-For",
		"X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-User", "X-Real-Ip", "X-Request-Id", "Proxy-Authorization", "Proxy-Connection",
		"True-Client-Ip", "X-Client-Ip", "Cf-Connecting-Ip", "Client-Ip", "X-Forwarded", "X-Host", "Remote-User", "X-Remote-User", "X-Webauth-User",
		"X-Authenticated-Userid", "X-Ssl-Client-Cert", "Ssl-Client-Verify", "X-Original-Url", "X-Original-Host", "X-Rewrite-Url",
		"X-Http-Method-Override", "X-Http-Method", "X-Method-Override",
	} {
		for _, spelling := range spellings(name) {
			line := spelling + ": evil"
			attacks = append(attacks,
				attack{line, get("/open/a", line), served, []string{"GET /open/a"}, false},
				attack{line + " of a session", get("/mine/a", line, "Cookie: "+h.cookie("s1"), line), served, []string{identity("GET /mine/a", "s1")}, false},
			)
		}
	}
	h.try(t, attacks)
}

// Headers of the connection end here, and so does what Connection names: but nothing that the gateway writes.
func TestHeadersOfTheConnectionEndHere(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	jwt := "Cookie: " + h.cookie("s1")
	var attacks []attack
	for _, line := range []string{
		"Keep-Alive: timeout=evil", "TE: trailers, evil", "Trailer: X-A", "Upgrade: evil", "Proxy-Authenticate: evil", "Connection: X-A\r\nX-A: evil",
		"X-A: evil\r\nConnection: x-a", "Connection: close, X-A\r\nX-A: evil\r\nConnection: keep-alive", "Connection: keep-alive,,X-A,\r\nX-A: evil",
		"Connection: X-User-Id, X-User-Role, X-Session-Id, X-Forwarded-For, X-Real-Ip, X-Request-Id, X-Forwarded-Host, Host, Cookie, Content-Length",
		"Connection: X-A\r\nConnection: X-B\r\nX-A: evil\r\nX-B: evil", "Expect: evil", "Forwarded: for=evil",
	} {
		answers := served
		if strings.Contains(line, "close") {
			answers = "200 closed"
		}
		attacks = append(attacks, attack{line, get("/mine/a", line, jwt), answers, []string{identity("GET /mine/a", "s1")}, false})
	}
	h.try(t, attacks)
	h.up.take()
	if _, err := h.exchange(attack{send: get("/mine/a", "Connection: X-Forwarded-For, X-Real-Ip, X-Request-Id, X-Forwarded-Host", jwt), answers: served}); err != nil {
		t.Fatal(err)
	}
	got := h.up.take()[0]
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "X-Request-Id", "X-Forwarded-Host", "X-Forwarded-Proto", "Host"} {
		if values := got.values(name); len(values) != 1 || values[0] == "" {
			t.Errorf("%s: %q", name, values)
		}
	}
}

func TestCookies(t *testing.T) {
	h := openHouse(t, 15*time.Second)
	good, mine := h.cookie("s1"), identity("GET /mine/a", "s1")
	raw := strings.TrimPrefix(good, "jwt=")
	attacks := []attack{
		{"one", get("/mine/a", "Cookie: "+good), served, []string{mine}, false},
		{"among others", get("/mine/a", "Cookie: a=b; "+good+"; c=d"), served, []string{mine + "\nCookie: a=b; c=d"}, false},
		{"others go through in one line", get("/open/a", "Cookie: a=b", "Cookie: c=d;e"), served, []string{"GET /open/a\nCookie: a=b; c=d; e"}, false},
		{"none of ours goes through", get("/open/a", "Cookie: jwt=x; jwt_refresh=y; a=b; jwt_device=z"), served, []string{"GET /open/a\nCookie: a=b"}, false},
		{"as a bearer", get("/token/a", "Cookie: jwt=x; a=b", "Authorization: Bearer evil"), served, []string{"GET /token/a\nAuthorization: Bearer x\nCookie: a=b"}, false},
		{"in another case", get("/mine/a", "Cookie: JWT="+raw), "401 open", nil, false},
		{"in a query", get("/mine/a?jwt=" + raw), "401 open", nil, false},
		{"in a header", get("/mine/a", "Authorization: Bearer "+raw), "401 open", nil, false},
		{"too long", get("/mine/a", "Cookie: jwt="+strings.Repeat("a", 4097)), "401 open", nil, false},
		{"very long", get("/mine/a", "Cookie: jwt="+strings.Repeat("a", 20<<10)), "431 closed", nil, false},
		{"a long one of another", get("/open/a", "Cookie: a="+strings.Repeat("a", 8<<10)), served, []string{"GET /open/a\nCookie: a=" + strings.Repeat("a", 8<<10)}, false},
		{"with a space in it", get("/mine/a", "Cookie: jwt="+raw[:50]+" "+raw[50:]), "401 open", nil, false},
		{"with its end changed", get("/mine/a", "Cookie: "+good[:len(good)-1]+"_"), "401 open", nil, false},
	}
	for _, two := range []string{
		"jwt=evil; " + good, good + "; jwt=evil", good + ";jwt=evil", good + "\r\nCookie: jwt=evil", good + "\r\nCOOKIE: jwt=evil", good + "; " + good, good + "; jwt",
		good + "; jwt=", good + "; \tjwt\t=evil", good + "; jwt =evil", "jwt; " + good, good + ";; ; jwt=evil", "jwt_refresh=a; jwt_refresh=b", "jwt_device=a; jwt_device=b",
		`a="; ` + good + `; jwt=evil"`,
	} {
		attacks = append(attacks,
			attack{two, get("/mine/a", "Cookie: "+two), "400 open", nil, false},
			attack{two + " on a public route", get("/open/a", "Cookie: "+two), "400 open", nil, false},
		)
	}
	h.try(t, attacks)
}

func TestMethodsOfNobody(t *testing.T) {
	var attacks []attack
	for _, method := range []string{
		"CONNECT", "TRACE", "TRACK", "PROPFIND", "PURGE", "BREW", "get", "Get", "GETX", "XGET", "G", "DEBUG", "LOCK", "COPY", "LINK", "SEARCH", "QUERY", "SOURCE", "M-SEARCH",
		"GET!", "GET'", "_GET", "GET|", strings.Repeat("A", 1000),
	} {
		attacks = append(attacks, attack{method, request(method, "/open/a") + smuggled, "405 closed", nil, false})
	}
	for _, target := range []string{"h:80", "h", "evil:443", "[::1]:443", "/open/a", "*", "http://h/open/a", "169.254.169.254:80"} {
		answers := "405 closed"
		if target == "*" {
			answers = rejected
		}
		attacks = append(attacks, attack{"CONNECT " + target, request("CONNECT", target) + smuggled, answers, nil, false})
	}
	for _, method := range []string{"G\xc9T", "G(T", "GET\x7f", "G/T", "\"GET\"", "G@T", "GET:", "G[T"} {
		attacks = append(attacks, attack{method, request(method, "/open/a") + smuggled, rejected, nil, false})
	}
	openHouse(t, 15*time.Second).try(t, attacks)
}

func TestWhatIsTooLong(t *testing.T) {
	long := func(n int) string { return strings.Repeat("a", n) }
	many := func(n int) string { return strings.TrimSuffix(strings.Repeat("X-A: b\r\n", n), "\r\n") }
	openHouse(t, 15*time.Second).try(t, []attack{
		{"a target", get("/open/" + long(17<<10)), "431 closed", nil, false},
		{"a query", get("/open/a?" + long(17<<10)), "431 closed", nil, false},
		{"a method", request(long(17<<10), "/open/a"), "431 closed", nil, false},
		{"a version", "GET /open/a HTTP/1.1" + long(17<<10) + "\r\nHost: h\r\n\r\n", "431 closed", nil, false},
		{"a line that never ends", long(1 << 20), "431 closed", nil, false},
		{"a header", get("/open/a", "X-A: "+long(17<<10)), "431 closed", nil, false},
		{"a header's name", get("/open/a", "X-"+long(17<<10)+": b"), "431 closed", nil, false},
		{"a header that never ends", "GET /open/a HTTP/1.1\r\nHost: h\r\nX-A: " + long(1<<20), "431 closed", nil, false},
		{"headers that never end", "GET /open/a HTTP/1.1\r\nHost: h\r\n" + many(100_000), "431 closed", nil, false},
		{"a host", "GET /open/a HTTP/1.1\r\nHost: " + long(17<<10) + "\r\n\r\n", "431 closed", nil, false},
		{"a cookie", get("/open/a", "Cookie: a="+long(17<<10)), "431 closed", nil, false},
		{"an extension of a chunk", post("5;"+long(1<<20)+"\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), served, []string{"POST /open/a\n\nhello"}, false}, // it is kept nowhere
		{"trailers", post("5\r\nhello\r\n0\r\n"+many(100_000)+"\r\n\r\n", "Transfer-Encoding: chunked"), "431 closed", nil, false},
		{"a size of a chunk", post(strings.Repeat("0", 1<<20)+"5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), rejected, nil, false},
		{"a thousand headers", get("/open/a", many(1000)), served, []string{"GET /open/a\n" + strings.ReplaceAll(many(1000), "\r\n", "\n")}, false},
		{"a thousand lists of headers", get("/open/a", "Connection: "+strings.Repeat("x,", 4000)), served, []string{"GET /open/a"}, false},
		{"a thousand cookies", get("/open/a", "Cookie: "+strings.Repeat("jwt=;", 1000)), "400 open", nil, false},
		{"a path of a thousand segments", get("/open" + strings.Repeat("/a", 1000)), served, []string{"GET /open" + strings.Repeat("/a", 1000)}, false},
		{"a body", post(long(64<<10+1), fmt.Sprintf("Content-Length: %d", 64<<10+1)), "413 closed", nil, false},
		{"a body up to the limit", post(long(64<<10), fmt.Sprintf("Content-Length: %d", 64<<10)), served, []string{"POST /open/a\n\n" + long(64<<10)}, false},
	})
}
