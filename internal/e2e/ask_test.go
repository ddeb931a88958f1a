//go:build e2e

package e2e

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// bare is a client without cookies: a proof says itself what it sends. Each host gets as many connections as it needs.
var bare = &http.Client{
	Timeout:   30 * time.Second,
	Transport: &http.Transport{MaxIdleConnsPerHost: 100, MaxConnsPerHost: 400},
}

// ask makes a call at any gateway.
func ask(base, method, path string, body any, headers ...string) (Answer, error) {
	req, err := http.NewRequest(method, base+path, reader(body))
	if err != nil {
		return Answer{}, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Origin", base)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := bare.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return Answer{resp.StatusCode, resp.Header, string(data)}, err
}

// sendAndHangUp makes a call whose answer is lost.
func sendAndHangUp(t *testing.T, base, request string) {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	io.WriteString(conn, strings.ReplaceAll(request, "HOST", u.Host))
}

// given is the value of a cookie that an answer sets, or empty.
func (a Answer) given(name string) string {
	resp := http.Response{Header: a.Header}
	for _, c := range resp.Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}
