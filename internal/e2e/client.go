//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Client is one browser-like caller: it keeps cookies and says where it comes from.
type Client struct {
	t    testing.TB
	http *http.Client
}

// Answer is a whole answer.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// newClient is a caller without cookies. Every exchange is checked against docs/openapi.yaml.
func newClient(t testing.TB) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{t, &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: specified(t)}}
}

// signedIn is a caller with a session of the user.
func signedIn(t testing.TB, uid, password string) *Client {
	t.Helper()
	c := newClient(t)
	c.want(200, "POST", "/api/authenticate", credential(uid, password))
	return c
}

// do makes a call; a body that is no string is sent as JSON. A change says that it comes from our own page.
func (c *Client) do(method, path string, body any, headers ...string) Answer {
	c.t.Helper()
	answer, err := c.try(method, path, body, headers...)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer
}

func (c *Client) try(method, path string, body any, headers ...string) (Answer, error) {
	req, err := http.NewRequest(method, baseURL+path, reader(body))
	if err != nil {
		return Answer{}, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Origin", baseURL)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.http.Do(req)
	if errors.Is(err, syscall.EPIPE) && len(headers) == 0 { // the server answered before it had the whole body, and closed
		return c.try(method, path, body, "X-Again", "1")
	}
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return Answer{resp.StatusCode, resp.Header, string(data)}, err
}

// want makes a call that must have the status.
func (c *Client) want(status int, method, path string, body any, headers ...string) Answer {
	c.t.Helper()
	answer := c.do(method, path, body, headers...)
	if answer.Status != status {
		c.t.Fatalf("%s %s: %d, want %d\n%s", method, path, answer.Status, status, answer.Body)
	}
	return answer
}

// refused makes a call that must be refused with the status and the message, in the envelope.
func (c *Client) refused(status int, message, method, path string, body any, headers ...string) {
	c.t.Helper()
	answer := c.want(status, method, path, body, headers...)
	var envelope map[string]any
	if err := json.Unmarshal([]byte(answer.Body), &envelope); err != nil {
		c.t.Fatalf("%s %s: %v\n%s", method, path, err, answer.Body)
	}
	id, _ := envelope["request_id"].(string)
	if len(envelope) != 4 || envelope["data"] != nil || envelope["error"] == "" || id == "" {
		c.t.Errorf("%s %s: not the envelope: %s", method, path, answer.Body)
	}
	if envelope["message"] != message {
		c.t.Errorf("%s %s: message %q, want %q", method, path, envelope["message"], message)
	}
}

// cookie is the value of a cookie that the client would send to the path.
func (c *Client) cookie(path, name string) string {
	u, _ := url.Parse(baseURL + path)
	for _, cookie := range c.http.Jar.Cookies(u) {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}

// drop forgets a cookie, as a browser does when its time is over.
func (c *Client) drop(path, name string) {
	u, _ := url.Parse(baseURL + path)
	c.http.Jar.SetCookies(u, []*http.Cookie{{Name: name, Path: path, MaxAge: -1}})
}

func (a Answer) json(t testing.TB, target any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), target); err != nil {
		t.Fatalf("%v\n%s", err, a.Body)
	}
}

func reader(body any) io.Reader {
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(b)
	}
	data, _ := json.Marshal(body)
	return bytes.NewReader(data)
}

type object = map[string]any

func credential(uid, password string) object { return object{"uid": uid, "password": password} }
