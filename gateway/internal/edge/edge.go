// Package edge is what meets the public: it decides on each request whether it is well formed, where it goes, who sends
// it and whether they may, and answers it itself or has it forwarded.
package edge

import (
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/gateway/internal/route"
	"gatehouse/gateway/internal/upstream"
	"gatehouse/internal/httpserver"
	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
	"gatehouse/internal/traffic"
)

// Upstreams passes requests on; its errors are faults. It gives the address that was asked.
type Upstreams interface {
	Forward(name string, req *upstream.Request, resp *fasthttp.Response, timeout time.Duration) (string, error)
}

// Options are what an edge is made of; none may be missing, but for Origins, Proxies and ReadTimeout.
type Options struct {
	Log        *slog.Logger
	PublicURL  *url.URL       // where people find the gateway
	Origins    []*url.URL     // of other sites whose pages may call, as package origin writes them
	Proxies    []netip.Prefix // whose X-Forwarded-For is believed
	CookieName string         // of the access cookie, without prefix
	Keys       token.Keys
	Revocation revocation.Checker
	Throttle   Throttle
	Streams    *Streams
	Assertions Assertions
	Pages      fs.FS // the frontend
	Upstreams  Upstreams
	Traffic    *traffic.Counter // counts the answers

	ReadTimeout time.Duration // for a request to arrive in; httpserver.ReadTimeout when zero
}

// Edge is the public door.
type Edge struct {
	Options
	cookies      cookies
	origins      origins
	pages        *pages
	authenticate fiber.Handler
	cache        cache // of verified tokens
	table        atomic.Pointer[route.Table]
	counts       atomic.Pointer[counts]
}

// New makes an edge that forwards by the table. It fails when a page cannot be read.
func New(o Options, table *route.Table) (*Edge, error) {
	pages, err := loadPages(o.Pages)
	if err != nil {
		return nil, err
	}
	if o.ReadTimeout == 0 {
		o.ReadTimeout = httpserver.ReadTimeout
	}
	e := &Edge{
		Options: o,
		cookies: newCookies(o.CookieName, o.PublicURL.Scheme == "https"),
		origins: newOrigins(o.PublicURL, o.Origins),
		pages:   pages,
	}
	e.authenticate = e.newAuthenticate()
	e.Use(table)
	return e, nil
}

// Use puts another table in the place of the present one. Requests that are on their way keep the one they began with.
func (e *Edge) Use(table *route.Table) {
	e.counts.Store(e.newCounts(table))
	e.table.Store(table)
}

// writeTimeout is how long a client may take to read an answer, or a part of one that is long.
const writeTimeout = 30 * time.Second

// App is the server. Every request goes through the one list, whatever its path.
func (e *Edge) App() *fiber.App {
	app := httpserver.Bare(httpserver.Options{
		Service: "gateway", Log: e.Log, BodyLimit: route.DefaultBodyLimit, ErrorHandler: e.refuse, Methods: route.Methods,
		ReadTimeout: e.ReadTimeout,
	})
	s := app.Server()
	s.WriteTimeout = writeTimeout
	s.StreamRequestBody = true // nothing is read for somebody who may not send it
	s.HeaderReceived = e.tooLong
	s.ConnState = e.Streams.changed
	app.Use(e.handlers()...)
	return app
}
