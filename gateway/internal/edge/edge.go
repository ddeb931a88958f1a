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
	"gatehouse/internal/httpserver"
	"gatehouse/internal/revocation"
	"gatehouse/internal/token"
)

// Upstreams passes requests on; its errors are faults. It gives the address that was asked.
type Upstreams interface {
	Forward(upstream string, req *fasthttp.Request, resp *fasthttp.Response, timeout time.Duration) (string, error)
}

// Options are what an edge is made of; none may be missing, but for Origins and Proxies.
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
}

// New makes an edge that forwards by the table. It fails when a page cannot be read.
func New(o Options, table *route.Table) (*Edge, error) {
	pages, err := loadPages(o.Pages)
	if err != nil {
		return nil, err
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
func (e *Edge) Use(table *route.Table) { e.table.Store(table) }

// writeTimeout is how long a client may take to read an answer; no upstream may take longer to write one.
const writeTimeout = route.MaxTimeout + 30*time.Second

// App is the server. Every request goes through the one list, whatever its path.
func (e *Edge) App() *fiber.App {
	app := httpserver.Bare(httpserver.Options{
		Service: "gateway", Log: e.Log, BodyLimit: route.DefaultBodyLimit, ErrorHandler: e.refuse, Methods: route.Methods,
	})
	s := app.Server()
	s.WriteTimeout = writeTimeout
	s.HeaderReceived = e.bodyLimit
	s.ConnState = e.Streams.changed
	app.Use(e.handlers()...)
	return app
}

// handlers is the whole chain, outermost first. Each line says why it stands where it does.
func (e *Edge) handlers() []any {
	return []any{
		httpserver.RequestIDs(false), // the id is in the log line and in every refusal
		e.arrive,                     // the client's address is in the log line
		httpserver.AccessLog(e.Log),  // sees every answer; makes a refusal out of an error
		e.dress,                      // on the way out, so that no upstream can weaken a header, and on refusals too
		httpserver.Recover,           // a panic is a refusal like any other
		e.wellFormed,                 // nothing is decided on what two readers may read differently
		e.locate,                     // one canonical path decides: a route, a page or neither
		e.preflight,                  // has no cookies and no method of its own; wants the path's methods
		e.page,                       // pages are for everyone, also while Redis or a service is down
		e.choose,                     // 405 before 401: it is no secret which methods there are
		e.singleCookies,              // before anything looks at a cookie
		e.sameOrigin,                 // before the session acts: no other site may use it
		e.throttle,                   // after that: no other site uses up what its reader may; before anyone works for the caller
		e.authenticate,               // who is it?
		e.unrevoked,                  // and are they still? never cached
		e.authorize,                  // may they? never cached, the role is in the token
		e.assert,                     // last, because auth-service may have to be asked
		e.forward,
	}
}
