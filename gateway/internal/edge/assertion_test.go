package edge_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/gateway/internal/assertion"
	"gatehouse/gateway/internal/edge"
	"gatehouse/internal/fault"
)

// assertions is auth-service, as the edge asks it.
type assertions struct {
	err   error
	asked int
}

func (a *assertions) For(_ context.Context, t assertion.Token, audience string) (string, error) {
	if a.asked++; a.err != nil {
		return "", a.err
	}
	if t.Digest != sha256.Sum256(t.Raw) {
		return "", errors.New("another token")
	}
	return string(t.Raw[len(t.Raw)-8:]) + " to " + audience, nil
}

// asserting opens a door whose route /api/report/ wants assertions.
func asserting(t *testing.T) (*door, *assertions) {
	a := new(assertions)
	return open(t, func(o *edge.Options) { o.Assertions = a }), a
}

func TestForwardAssertion(t *testing.T) {
	d, a := asserting(t)
	for _, role := range []string{"Admin", "Teacher"} {
		raw := d.token(role)
		d.want(d.call("GET", "/api/report/x?q=1", "", "Cookie: theme=dark; jwt_refresh=r; jwt="+raw, "X-Gatehouse-Assertion: forged", "x_gatehouse-assertion: forged", "Authorization: Bearer forged"), 200, "")
		r := d.received()
		if got := r.Header.Values("X-Gatehouse-Assertion"); len(got) != 1 || got[0] != raw[len(raw)-8:]+" to reports" {
			t.Errorf("%v", got)
		}
		for name := range r.Header {
			if text := r.Header.Get(name); strings.Contains(text, "forged") || strings.Contains(text, raw) || strings.HasPrefix(name, "X-User") || name == "X-Session-Id" {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
	if a.asked != 2 {
		t.Errorf("asked %d times", a.asked)
	}
}

// What an assertion is for is decided on every request, and by the gateway: nobody asks for one before.
func TestNoAssertionForWhomTheRouteRefuses(t *testing.T) {
	d, a := asserting(t)
	d.want(d.call("GET", "/api/report/x", ""), 401, missing)
	d.want(d.call("GET", "/api/report/x", "", "Cookie: jwt="+d.token("User")), 403, "Insufficient permissions. Required roles: [Admin, Teacher]")
	good := "Cookie: jwt=" + d.token("Admin")
	d.want(d.call("GET", "/api/report/x", "", good), 200, "")
	d.list.set(map[string]bool{"s1": true}, nil)
	d.want(d.call("GET", "/api/report/x", "", good), 401, invalid)
	d.list.set(nil, nil)
	if _, _, n := d.echo.received(); a.asked != 1 || n != 1 {
		t.Errorf("asked %d times, %d requests came through", a.asked, n)
	}
}

func TestWithoutAssertionsOnlyTheirRoutesAreDown(t *testing.T) {
	d, a := asserting(t)
	a.err = fault.Down("auth-service", errors.New("no answer"))
	good := "Cookie: jwt=" + d.token("Admin")
	r := d.call("GET", "/api/report/x", "", good)
	if d.want(r, 503, ""); r.Header.Get("Retry-After") == "" || strings.Contains(r.body, "auth-service") {
		t.Errorf("%v %s", r.Header, r.body)
	}
	for _, path := range []string{"/api/id", "/api/mine/x", "/api/open/x"} {
		d.want(d.call("GET", path, "", good), 200, "")
	}
	a.err = fault.New(fault.Unauthenticated, invalid)
	d.want(d.call("GET", "/api/report/x", "", good), 401, invalid)
}

func TestThePrefixIsTakenOff(t *testing.T) {
	d, _ := asserting(t)
	for _, c := range []struct{ asked, got, prefix string }{
		{"/api/cut/a/b?q=%2F..", "/a/b?q=%2F..", "/api/cut"},
		{"/api/cut/", "/", "/api/cut"},
		{"/api/cut/%63%C3%A9%20", "/c%C3%A9%20", "/api/cut"},
		{"/api/cut/api/cut/x", "/api/cut/x", "/api/cut"},
		{"/api/open/a", "/api/open/a", ""},
	} {
		d.want(d.call("GET", c.asked, "", "X-Forwarded-Prefix: /evil"), 200, "")
		r := d.received()
		if r.RequestURI != c.got || strings.Join(r.Header.Values("X-Forwarded-Prefix"), ",") != c.prefix {
			t.Errorf("%s: %s, %v", c.asked, r.RequestURI, r.Header.Values("X-Forwarded-Prefix"))
		}
	}
}

// What decides is the path as the client has it: no spelling reaches another route or leaves the prefix.
func TestThePrefixCannotBeLeft(t *testing.T) {
	d, _ := asserting(t)
	for path, want := range map[string]int{
		"/api/cut": 404, "/api/cut/../id": 400, "/api/cut//api/id": 400, "/api/cut/%2e%2e/id": 400, "/api/cut/%2Fapi/id": 400,
		"/api%2Fcut/x": 400, "/api/CUT/x": 404, "/api/cut/..;/x": 400,
	} {
		if r := d.raw("GET " + path + " HTTP/1.1\r\nHost: " + d.addr + "\r\nConnection: close\r\n\r\n"); r.StatusCode != want {
			t.Errorf("%s: %d; want %d", path, r.StatusCode, want)
		}
	}
	if _, _, n := d.echo.received(); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}

// A caller gets the assertion that is theirs, however many call at once.
func TestAssertionsOfManyStayApart(t *testing.T) {
	d := open(t, func(o *edge.Options) { o.Assertions = assertion.NewSource(new(named), time.Now) })
	done := make(chan error)
	for _, uid := range []string{"ada", "bob", "eve", "max"} {
		go func() { done <- d.alwaysMine(uid) }()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// named tells whose token it is, by its end.
type named struct{}

func (named) Assert(_ context.Context, accessToken, audience string) (string, error) {
	return accessToken[len(accessToken)-20:], nil
}

func (d *door) alwaysMine(uid string) error {
	raw := d.tokenOf(uid, "Admin")
	for range 200 {
		req, _ := http.NewRequest("GET", "http://"+d.addr+"/api/report/assertion", nil)
		req.Header.Set("Cookie", "jwt="+raw)
		resp, err := d.client.Do(req)
		if err != nil {
			return err
		}
		if got := read(d.t, resp).body; got != raw[len(raw)-20:] {
			return errors.New("another's assertion: " + got)
		}
	}
	return nil
}
