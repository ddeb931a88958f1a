package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// caller makes calls to gateways, over connections that it keeps.
type caller struct{ http http.Client }

func newCaller() *caller {
	return &caller{http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
}

// reply is what a caller gets.
type reply struct {
	status  int
	header  http.Header
	cookies string // those that it sets, as a browser would send them to every path
}

func newReply(resp *http.Response) reply {
	var pairs []string
	for _, cookie := range resp.Cookies() {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	return reply{resp.StatusCode, resp.Header, strings.Join(pairs, "; ")}
}

// call makes one call that comes from the gateway's own page; headers are names and values in turn.
func (c *caller) call(ctx context.Context, method, url, body string, headers ...string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil { // so that the connection is kept
		return reply{}, err
	}
	return newReply(resp), nil
}

// signIn signs in as one of the stack's accounts, each from an address of its own.
func (c *caller) signIn(ctx context.Context, s *stack, uid string, address int) (reply, error) {
	body := fmt.Sprintf(`{"uid":%q,"password":%q}`, uid, s.password)
	from := fmt.Sprintf("10.%d.%d.%d", address>>16&255, address>>8&255, address&255)
	return c.call(ctx, http.MethodPost, s.url+"/api/authenticate", body, "X-Forwarded-For", from)
}

// session signs in and gives the cookies.
func (c *caller) session(ctx context.Context, s *stack, uid string, address int) (string, error) {
	answer, err := c.signIn(ctx, s, uid, address)
	if err == nil && answer.status != http.StatusOK {
		err = fmt.Errorf("signing in as %s: %d", uid, answer.status)
	}
	return answer.cookies, err
}
