package edge_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

func (d *door) received() *http.Request {
	d.t.Helper()
	r, _, n := d.echo.received()
	if n == 0 {
		d.t.Fatal("nothing came through")
	}
	return r
}

func TestSpoofedHeadersAreStripped(t *testing.T) {
	d := open(t)
	spoofed := []string{
		"X-User-Id: 1", "x-user-id: 1", "X_User_Id: 1", "X_USER-ID: 1", "X.User.Id: 1", "X-User-Uid: root", "X-User-Role: Admin",
		"X-User-Anything: 1", "X-Auth-User: root", "x_auth_user: root", "X-Gatehouse-Secret: 1", "X-Session-Id: 1",
		"X_Session_Id: 1", "Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: evil",
		"X-Forwarded-Proto: https", "X-Forwarded-Prefix: /evil", "X_Forwarded_For: 1.2.3.4", "X-Real-IP: 1.2.3.4",
		"X-Request-Id: forged", "Any_Thing: 1",
	}
	raw := d.token("User")
	for _, path := range []string{"/api/mine/x", "/api/id", "/api/open/x"} {
		d.want(d.call("GET", path, "", append(spoofed, "Cookie: jwt="+raw, "Authorization: Bearer forged", "Accept: a", "Accept: b")...), 200, "")
		r := d.received()
		for name, values := range r.Header {
			text := strings.Join(values, " ")
			for _, bad := range []string{"root", "1.2.3.4", "evil", "forged"} {
				if strings.Contains(text, bad) && name != "Authorization" {
					t.Errorf("%s: %s: %s", path, name, text)
				}
			}
			if strings.ContainsAny(name, "_.") {
				t.Errorf("%s: %s came through", path, name)
			}
		}
		if got := r.Header.Values("Accept"); len(got) != 2 {
			t.Errorf("%s: Accept %v", path, got)
		}
		if r.Header.Get("X-Forwarded-For") != "127.0.0.1" || r.Header.Get("X-Real-Ip") != "127.0.0.1" ||
			r.Header.Get("X-Forwarded-Host") != d.addr || r.Header.Get("X-Forwarded-Proto") != "http" {
			t.Errorf("%s: %v", path, r.Header)
		}
	}
}

func TestForwardIdentity(t *testing.T) {
	d := open(t)
	d.want(d.call("GET", "/api/mine/x", "", "Cookie: jwt="+d.token("Teacher")+"; jwt_refresh=r; jwt_device=d", "X-User-Id: 1", "Authorization: Basic eA=="), 200, "")
	h := d.received().Header
	for name, want := range map[string]string{
		"X-User-Id": "7", "X-User-Uid": "ada", "X-User-Role": "Teacher", "X-Session-Id": "s1", "Authorization": "", "Cookie": "",
	} {
		if got := strings.Join(h.Values(name), ","); got != want {
			t.Errorf("%s: %q; want %q", name, got, want)
		}
	}
}

func TestForwardToken(t *testing.T) {
	d := open(t)
	raw := d.token("User")
	cookie := "Cookie: theme=dark; jwt=" + raw + "; jwt_refresh=r; jwt_device=d; lang=en"
	d.want(d.call("GET", "/api/id", "", cookie, "Authorization: Bearer forged"), 200, "")
	h := d.received().Header
	if got := h.Values("Authorization"); len(got) != 1 || got[0] != "Bearer "+raw {
		t.Errorf("Authorization: %v", got)
	}
	if got := h.Get("Cookie"); got != "theme=dark; jwt_refresh=r; jwt_device=d; lang=en" {
		t.Errorf("Cookie: %s", got)
	}
}

func TestPublicRouteForwardsTheTokenUnverified(t *testing.T) {
	d := open(t)
	d.want(d.call("DELETE", "/api/authenticate", "", "Cookie: jwt=expired; jwt_refresh=r", "Sec-Fetch-Site: same-origin"), 200, "")
	h := d.received().Header
	if h.Get("Authorization") != "Bearer expired" || h.Get("Cookie") != "jwt_refresh=r" {
		t.Errorf("%v", h)
	}
	d.want(d.call("POST", "/api/authenticate", "{}", "Authorization: Bearer forged"), 200, "")
	if h := d.received().Header; h.Get("Authorization") != "" {
		t.Errorf("%v", h)
	}
}

func TestForwardNone(t *testing.T) {
	d := open(t)
	d.want(d.call("GET", "/api/open/x", "", "Cookie: jwt="+d.token("User")+"; jwt_refresh=r; jwt_device=d; a=b", "Authorization: Basic eA=="), 200, "")
	h := d.received().Header
	if h.Get("Authorization") != "Basic eA==" || h.Get("Cookie") != "a=b" || h.Get("X-User-Id") != "" {
		t.Errorf("%v", h)
	}
}

func TestHopByHopRequestHeaders(t *testing.T) {
	d := open(t)
	r := d.raw("POST /api/mine/x HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, X-Secret, X-User-Id, x-real-ip, X-Request-Id\r\n" +
		"X-Secret: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: websocket\r\nProxy-Authorization: x\r\nProxy-Connection: x\r\n" +
		"Expect: 100-continue\r\nSec-Fetch-Site: none\r\nCookie: jwt=" + d.token("User") + "\r\nContent-Length: 2\r\n\r\nhi")
	d.want(r, 200, "")
	got := d.received()
	for _, name := range []string{
		"X-Secret", "Keep-Alive", "Te", "Upgrade", "Proxy-Authorization", "Proxy-Connection", "Expect", "Connection",
	} {
		if got.Header.Get(name) != "" {
			t.Errorf("%s: %s", name, got.Header.Get(name))
		}
	}
	for _, name := range []string{"X-User-Id", "X-Real-Ip", "X-Request-Id"} {
		if got.Header.Get(name) == "" {
			t.Errorf("the client's Connection header took %s away", name)
		}
	}
}

func TestHopByHopResponseHeaders(t *testing.T) {
	d := open(t)
	r := d.call("GET", "/api/open/hop", "")
	d.want(r, 200, "")
	for _, name := range []string{"Keep-Alive", "Proxy-Authenticate", "Upgrade", "X-Hop", "Te", "Connection"} {
		if r.Header.Get(name) != "" {
			t.Errorf("%s: %s", name, r.Header.Get(name))
		}
	}
}

func TestMethodPathQueryAndBodyArriveAsSent(t *testing.T) {
	d := open(t)
	r := d.raw("POST /api/op%65n/caf%c3%a9%20x?q=%2F%2F..%00&u=http://a//b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
	d.want(r, 200, "")
	if r.body != "POST /api/open/caf%C3%A9%20x?q=%2F%2F..%00&u=http://a//b" {
		t.Error(r.body)
	}
	if got, body, _ := d.echo.received(); body != "abcde" || got.ContentLength != 5 || !strings.HasPrefix(got.Host, "user-service:") {
		t.Errorf("%q %d %s", body, got.ContentLength, got.Host)
	}
}

func TestAnswersPass(t *testing.T) {
	d := open(t)
	if r := d.call("GET", "/api/open/stream", ""); len(r.body) != 3<<20 {
		t.Errorf("%d bytes", len(r.body))
	}
	if r := d.call("GET", "/api/open/empty", ""); r.StatusCode != 204 || r.Header.Get("Content-Type") != "" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	if r := d.call("HEAD", "/api/open/x", ""); r.StatusCode != 200 || r.ContentLength != int64(len("HEAD /api/open/x")) {
		t.Errorf("%d %d", r.StatusCode, r.ContentLength)
	}
	if got := d.received().Header; got.Get("X-Request-Id") == "" {
		t.Error("no request id came through")
	}
}

func TestUpstreamFailures(t *testing.T) {
	d := open(t)
	r := d.call("GET", "/api/down", "")
	d.want(r, 503, "The service is not available at the moment. Please try again shortly.")
	if r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	d.want(d.call("GET", "/api/open/switch", ""), 502, "A service gave an answer that could not be understood.")
	r = d.call("GET", "/api/slow", "")
	d.want(r, 504, "The service took too long to answer. Please try again.")
	if strings.Contains(r.body, "127.0.0.1") || strings.Contains(r.body, "user-service") {
		t.Error(r.body)
	}
}

func TestClientAddress(t *testing.T) {
	for _, c := range []struct {
		forwarded []string
		want      string
	}{
		{nil, "127.0.0.1"},
		{[]string{"X-Forwarded-For: 203.0.113.9"}, "203.0.113.9"},
		{[]string{"X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.1.1"}, "203.0.113.9"},
		{[]string{"X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 203.0.113.9"}, "203.0.113.9"},
		{[]string{"X-Forwarded-For: 203.0.113.9, nonsense, 10.1.1.1"}, "10.1.1.1"},
		{[]string{"X-Forwarded-For: 10.2.2.2,10.1.1.1"}, "10.2.2.2"},
		{[]string{"X-Forwarded-For: ::ffff:203.0.113.9"}, "203.0.113.9"},
		{[]string{"X-Real-IP: 6.6.6.6", "Forwarded: for=6.6.6.6"}, "127.0.0.1"},
	} {
		d := open(t, behindProxies)
		d.want(d.call("GET", "/api/open/x", "", c.forwarded...), 200, "")
		if h := d.received().Header; h.Get("X-Forwarded-For") != c.want || h.Get("X-Real-Ip") != c.want {
			t.Errorf("%v: %s; want %s", c.forwarded, h.Get("X-Forwarded-For"), c.want)
		}
		if !strings.Contains(d.log.String(), `"client":"`+c.want+`"`) {
			t.Errorf("%v: the log says %s", c.forwarded, d.log.String())
		}
	}
}

func TestCallersAtTheSameTimeStayApart(t *testing.T) {
	d := open(t)
	var all sync.WaitGroup
	for i := range 8 {
		uid := strings.Repeat(string(rune('a'+i)), 3+i)
		cookie := "Cookie: jwt=" + d.tokenOf(uid, "User")
		all.Go(func() {
			for range 40 {
				if r := d.call("GET", "/api/mine/who", "", cookie); r.body != uid {
					t.Errorf("%s was taken for %s", uid, r.body)
				}
			}
		})
	}
	all.Wait()
}
