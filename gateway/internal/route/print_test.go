package route_test

import (
	"strings"
	"testing"

	"gatehouse/gateway/internal/route"
)

func TestATableForPeople(t *testing.T) {
	table, err := route.Load([]byte(`routes:
  - {path: /b, methods: [GET, PUT], upstream: "http://b:2", access: public, throttle: 9/24h}
  - {path: /b, methods: [POST], upstream: "http://b:2", access: session, forward: token, timeout: 90s, body_limit: 1536KiB, throttle: 20/1m}
  - {path: /a/, methods: [GET], upstream: "http://a:1", access: [Admin, Teacher], forward: assertion, audience: a, strip_prefix: true, body_limit: 2MiB}
  - {path: /c, methods: [GET], upstream: "http://a:1", access: session, forward: identity, timeout: 2m}
`))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := table.Print(&out); err != nil {
		t.Fatal(err)
	}
	const want = `PATH  METHODS  WHO MAY               UPSTREAM                       LEARNS                  LIMITS
/a/   GET      Admin, Teacher        http://a:1/, prefix taken off  an assertion for a      10s, 2MiB
/b    GET PUT  everyone              http://b:2                     nothing                 10s, 64KiB, 9/24h
/b    POST     whoever is signed in  http://b:2                     the access token        1m30s, 1536KiB, 20/1m
/c    GET      whoever is signed in  http://a:1                     X-User-*, X-Session-Id  2m, 64KiB
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}
