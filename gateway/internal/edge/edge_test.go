package edge_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"gatehouse/gateway/internal/edge"
	"gatehouse/gateway/internal/route"
	"gatehouse/gateway/internal/upstream"
	"gatehouse/internal/principal"
	"gatehouse/internal/replica"
	"gatehouse/internal/revocation"
	"gatehouse/internal/throttle"
	"gatehouse/internal/token"
	"gatehouse/internal/traffic"
)

// door is an edge on a real listener, with an upstream that tells what it received.
type door struct {
	t       *testing.T
	addr    string
	key     ed25519.PrivateKey
	list    *list
	budget  *budget
	cut     func() // tells the open streams that tokens are refused
	streams *edge.Streams
	echo    *echo
	log     *record
	client  *http.Client
	traffic traffic.Counter
}

// list is a revocation list of the test's own.
type list struct {
	mu      sync.Mutex
	revoked map[string]bool // by session or kid
	err     error
}

func (l *list) Revoked(_ context.Context, t revocation.Token) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.revoked[t.SessionID] || l.revoked[t.KeyID], l.err
}

func (l *list) set(revoked map[string]bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.revoked, l.err = revoked, err
}

// budget is a throttle of the test's own: it lets everything pass until it has an error.
type budget struct {
	mu      sync.Mutex
	charges []throttle.Charge
	err     error
}

func (b *budget) Take(_ context.Context, charges ...throttle.Charge) (throttle.Ticket, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.charges = append(b.charges, charges...)
	return throttle.Ticket{}, b.err
}

func (b *budget) refuse(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

// charged is what was charged since the last call.
func (b *budget) charged() []throttle.Charge {
	b.mu.Lock()
	defer b.mu.Unlock()
	since := b.charges
	b.charges = nil
	return since
}

// record is a log that tests read.
type record struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.String()
}

var pages = fstest.MapFS{
	"index.html":      {Data: []byte("<h1>Sign in</h1>")},
	"signup.html":     {Data: []byte("<h1>Sign up</h1>")},
	"404.html":        {Data: []byte("<h1>Not found</h1>")},
	"js/api.js":       {Data: []byte("export {}")},
	"css/base.css":    {Data: []byte("body {}")},
	"img/logo.svg":    {Data: []byte("<svg/>")},
	"robots.txt":      {Data: []byte("User-agent: *")},
	"app.webmanifest": {Data: []byte("{}")},
}

// moreRoutes are beside the real ones.
const moreRoutes = `
  - {path: /api/mine/, methods: [GET, POST, PATCH], upstream: "http://user-service:8082", access: session, forward: identity}
  - {path: /api/open/, methods: [GET, POST], upstream: "http://user-service:8082", access: public, forward: none}
  - {path: /api/class, methods: [GET], upstream: "http://user-service:8082", access: [Admin, Teacher], forward: token}
  - {path: /api/report/, methods: [GET], upstream: "http://user-service:8082", access: [Admin, Teacher], forward: assertion, audience: reports}
  - {path: /api/cut/, methods: [GET], upstream: "http://user-service:8082", access: public, strip_prefix: true}
  - {path: /api/slow, methods: [GET], upstream: "http://user-service:8082", access: public, timeout: 50ms}
  - {path: /api/down, methods: [GET, POST], upstream: "http://nobody:1", access: public}
  - {path: /api/small, methods: [POST], upstream: "http://user-service:8082", access: public, body_limit: 1KiB}
  - {path: /api/live/, methods: [GET, POST], upstream: "http://user-service:8082", access: session, websocket: true, body_limit: 32MiB}
  - {path: /api/few/, methods: [GET, POST], upstream: "http://user-service:8082", access: session, throttle: 7/1s}
`

type setting func(*edge.Options)

func https(o *edge.Options)     { o.PublicURL, _ = url.Parse("https://gate.example") }
func noOrigins(o *edge.Options) { o.Origins = nil }
func behindProxies(o *edge.Options) {
	o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
}

const (
	allowedHost = "localhost:4100"
	allowed     = "http://" + allowedHost
)

func open(t *testing.T, settings ...setting) *door {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &door{t: t, key: private, list: new(list), budget: new(budget), echo: &echo{parts: make(chan string, 1)}, log: new(record)}
	service := httptest.NewServer(d.echo)
	t.Cleanup(service.Close)
	pools := upstream.NewPools(t.Context(), loopback, slog.New(slog.DiscardHandler))
	table := d.table(service.Listener.Addr().(*net.TCPAddr))
	if err := pools.Use(table.Upstreams()); err != nil {
		t.Fatal(err)
	}
	o := edge.Options{
		Traffic:   &d.traffic,
		Log:       slog.New(slog.NewJSONHandler(d.log, nil)),
		PublicURL: &url.URL{Scheme: "http", Host: "localhost:8087"},
		Origins:   []*url.URL{{Scheme: "http", Host: allowedHost}}, CookieName: "jwt", Pages: pages, Streams: edge.NewStreams(), Upstreams: pools, Revocation: d.list, Throttle: d.budget,
		Keys: token.KeySet{token.Thumbprint(public): public},
	}
	for _, s := range settings {
		s(&o)
	}
	d.streams = o.Streams
	d.cut = func() {
		o.Streams.Cut(func(t revocation.Token) bool {
			revoked, _ := d.list.Revoked(context.Background(), t)
			return revoked
		})
	}
	d.serve(o, table)
	return d
}

// loopback stands in for the names of services; replica.Follow asks it as it would ask a name server.
var loopback replica.Lookup = func(context.Context, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func (d *door) table(service *net.TCPAddr) *route.Table {
	d.t.Helper()
	data, err := os.ReadFile("../../routes.yaml")
	if err != nil {
		d.t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(service.String())
	text := strings.NewReplacer(":8081", ":"+port, ":8082", ":"+port).Replace(string(data) + moreRoutes)
	table, err := route.Load([]byte(text))
	if err != nil {
		d.t.Fatal(err)
	}
	return table
}

func (d *door) serve(o edge.Options, table *route.Table) {
	d.t.Helper()
	e, err := edge.New(o, table)
	if err != nil {
		d.t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	app := e.App()
	done := make(chan error, 1)
	go func() { done <- app.Listener(ln) }()
	transport := &http.Transport{DisableCompression: true}
	d.addr, d.client = ln.Addr().String(), &http.Client{Transport: transport, CheckRedirect: stay}
	d.t.Cleanup(func() {
		transport.CloseIdleConnections()
		app.ShutdownWithTimeout(time.Second)
		<-done
	})
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// token is a good one for the role, in the session s1.
func (d *door) token(role string) string { return d.tokenOf("ada", role) }

func (d *door) tokenOf(uid, role string) string {
	d.t.Helper()
	now := time.Now()
	raw, err := token.NewSigner(d.key).Sign(token.NewClaims(
		principal.Principal{Subject: "7", UID: uid, Role: role, SessionID: "s1", AuthTime: now}, "t1", "g1", now, time.Hour))
	if err != nil {
		d.t.Fatal(err)
	}
	return raw
}
