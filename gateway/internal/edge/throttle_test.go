package edge_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/throttle"
)

// tooMany is what a throttle refuses with.
var tooMany = &fault.Fault{Kind: fault.TooManyRequests, Message: "Too many.", RetryAfter: 90 * time.Second}

func TestThrottledRoutesAreChargedToTheAddress(t *testing.T) {
	d := open(t, behindProxies)
	signUp := throttle.Limit{Name: "route:POST/api/user", Burst: 120, Every: 500 * time.Millisecond}
	for client, key := range map[string]string{"203.0.113.9": "203.0.113.9", "2001:db8:1:2:3::4": "2001:db8:1:2::/64"} {
		d.want(d.call("POST", "/api/user", "{}", "X-Forwarded-For: 6.6.6.6, "+client), 200, "")
		if got := d.budget.charged(); len(got) != 1 || got[0] != (throttle.Charge{Limit: signUp, Key: key}) {
			t.Errorf("%s: %+v", client, got)
		}
	}
	few := throttle.Limit{Name: "route:GET,POST/api/few/", Burst: 7, Every: time.Second / 7}
	cookie := "Cookie: jwt=" + d.token("User")
	for _, path := range []string{"/api/few/a", "/api/few/b"} { // a prefix is one route
		d.want(d.call("GET", path, "", cookie), 200, "")
		if got := d.budget.charged(); len(got) != 1 || got[0].Limit != few {
			t.Errorf("%s: %+v", path, got)
		}
	}
}

func TestOtherRoutesAreNotThrottled(t *testing.T) {
	d := open(t)
	d.budget.refuse(tooMany)
	d.want(d.call("POST", "/api/authenticate", "{}"), 200, "")
	d.want(d.call("GET", "/api/user", "", "Cookie: jwt="+d.token("User")), 200, "")
	d.want(d.call("GET", "/", ""), 200, "")
	d.want(d.call("PATCH", "/api/few/", ""), 405, "")
	d.want(d.call("POST", "/api/user", "{}", "Origin: https://evil.example"), 403, foreign) // costs its reader nothing
	if got := d.budget.charged(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestThrottledCallsGoNoFurther(t *testing.T) {
	d := open(t)
	d.budget.refuse(tooMany)
	r := d.call("POST", "/api/user", "{}", "Origin: "+allowed)
	d.want(r, 429, "Too many.")
	if r.Header.Get("Retry-After") != "90" || !strings.Contains(r.Header.Get("Access-Control-Expose-Headers"), "Retry-After") {
		t.Errorf("%v", r.Header)
	}
	d.want(d.call("GET", "/api/few/a", ""), 429, "Too many.") // before the session is looked at
	d.budget.refuse(fault.Down("throttle", errors.New("dial 10.0.0.9: refused")))
	r = d.call("POST", "/api/user", "{}")
	d.want(r, 503, "The service is not available at the moment. Please try again shortly.")
	if r.Header.Get("Retry-After") == "" || strings.Contains(r.body, "10.0.0.9") {
		t.Errorf("%v %s", r.Header, r.body)
	}
	if _, _, n := d.echo.received(); n != 0 {
		t.Errorf("%d requests came through", n)
	}
}
