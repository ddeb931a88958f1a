// Package httpserver is what every Gatehouse service serves HTTP with: Fiber with limits that are safe in front of
// strangers, refusals in the envelope, one log line per request, liveness and readiness on a listener of their own, and a
// shutdown that finishes what is in flight.
package httpserver

import (
	"log/slog"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/internal/traffic"
)

// The limits of every server. fasthttp's own defaults are a 4 KiB header and no time limit at all.
const (
	HeaderLimit = 16 << 10
	BodyLimit   = 1 << 20
	ReadTimeout = 15 * time.Second
	IdleTimeout = 75 * time.Second
)

// Options are what differs between servers.
type Options struct {
	Service      string             // its name, in every log line
	Log          *slog.Logger       // never nil
	BodyLimit    int                // bytes; BodyLimit when zero
	ReadTimeout  time.Duration      // for a request to arrive in; ReadTimeout when zero
	Bulk         *Bulk              // the one call with a limit of its own; may be nil
	FromGateway  bool               // whoever calls is part of Gatehouse: its request id is kept, and its trace goes on
	Traffic      *traffic.Counter   // counts the answers; may be nil
	ErrorHandler fiber.ErrorHandler // Refuse when nil
	Methods      []string           // that a client may use at all; Fiber's when nil
}

// New makes a server without routes, whose only middleware is Frame.
func New(o Options) *fiber.App {
	app := Bare(o)
	app.Use(Frame(o))
	return app
}

// Bare makes a server without routes or middleware.
func Bare(o Options) *fiber.App {
	if o.BodyLimit == 0 {
		o.BodyLimit = BodyLimit
	}
	if o.ReadTimeout == 0 {
		o.ReadTimeout = ReadTimeout
	}
	if o.ErrorHandler == nil {
		o.ErrorHandler = Refuse
	}
	app := fiber.New(fiber.Config{
		AppName:                      o.Service,
		StrictRouting:                true,
		CaseSensitive:                true,
		ReadBufferSize:               HeaderLimit,
		WriteBufferSize:              HeaderLimit,
		ReadTimeout:                  o.ReadTimeout,
		IdleTimeout:                  IdleTimeout,
		BodyLimit:                    o.BodyLimit,
		DisablePreParseMultipartForm: true,
		EnableTrustedProxyCheck:      true, // nobody's X-Forwarded-* is believed by Fiber
		DisableStartupMessage:        true,
		ErrorHandler:                 o.ErrorHandler,
		RequestMethods:               o.Methods,
	})
	s := app.Server()
	s.SecureErrorLogMessage = true
	s.CloseOnShutdown = true
	s.LazyRequestTime = true // the log line has a time of its own
	s.NoDefaultServerHeader = true
	s.Logger = quiet{o.Log}
	if o.Bulk != nil {
		s.HeaderReceived = o.Bulk.limit
	}
	s.Handler = refuseUnknownMethods(app, s.Handler)
	return app
}

// refuseUnknownMethods answers a method that the app has not heard of like any other refusal; Fiber would write a plain
// text of its own. An error handler that knows the path may say more precisely what is allowed.
func refuseUnknownMethods(app *fiber.App, next fasthttp.RequestHandler) fasthttp.RequestHandler {
	known := app.Config().RequestMethods
	return func(fctx *fasthttp.RequestCtx) {
		method := fctx.Method()
		if slices.ContainsFunc(known, func(m string) bool { return m == string(method) }) { // compared without a copy
			next(fctx)
			return
		}
		c := app.AcquireCtx(fctx)
		defer app.ReleaseCtx(c)
		fctx.SetConnectionClose() // what the tunnel of a CONNECT would carry must not be read as a request
		Allow(c, known)
		if err := app.ErrorHandler(c, fiber.ErrMethodNotAllowed); err != nil {
			fctx.SetStatusCode(fiber.StatusMethodNotAllowed)
		}
	}
}

// quiet sends fasthttp's own remarks about broken connections to the debug level, without their arguments: these may hold
// what a client has sent.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(format string, _ ...any) {
	q.log.Debug("connection", "remark", format)
}
