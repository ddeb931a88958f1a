package httpserver

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
)

const (
	requestIDKey    = "request_id"
	notesKey        = "notes"
	clientKey       = "client"
	maxRequestIDLen = 64
	maxAgentLen     = 256 // bytes; real ones have under 200
)

// RequestIDs gives every request an id, in the answer's X-Request-Id too.
func RequestIDs(keep bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		id := ""
		if keep {
			id = utils.CopyString(c.Get(fiber.HeaderXRequestID))
		}
		if !plainID(id) {
			id = newRequestID()
		}
		c.Locals(requestIDKey, id)
		err := c.Next()
		c.Response().Header.Del(fiber.HeaderXRequestID) // an upstream may have sent several
		c.Set(fiber.HeaderXRequestID, id)
		return err
	}
}

const idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" // RFC 4648 base32

// newRequestID is 128 random bits: unlike any other, but no secret.
func newRequestID() string {
	var id [26]byte
	one, two := rand.Uint64(), rand.Uint64()
	for i := range 13 {
		id[i], id[13+i] = idLetters[one&31], idLetters[two&31]
		one, two = one>>5, two>>5
	}
	return string(id[:])
}

// plainID tells an id of ours from whatever else may arrive under that name.
func plainID(id string) bool {
	for i := range len(id) {
		if b := id[i]; (b < '0' || b > '9') && (b < 'A' || b > 'Z') && (b < 'a' || b > 'z') {
			return false
		}
	}
	return id != "" && len(id) <= maxRequestIDLen
}

// RequestID is the id of this request. A request that failed before the middleware ran gets one now.
func RequestID(c *fiber.Ctx) string {
	if id, ok := c.Locals(requestIDKey).(string); ok {
		return id
	}
	id := newRequestID()
	c.Locals(requestIDKey, id)
	c.Set(fiber.HeaderXRequestID, id)
	return id
}

// Bearer is the token of the Authorization header (RFC 6750 §2.1), or empty. The scheme is compared without case.
func Bearer(c *fiber.Ctx) string { return bearer(utils.CopyString(c.Get(fiber.HeaderAuthorization))) }

func bearer(authorization string) string {
	scheme, value, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(value)
}

// UserAgent is as much of the header as is worth keeping, in a form that every store takes.
func UserAgent(c *fiber.Ctx) string {
	agent := c.Get(fiber.HeaderUserAgent)
	agent = strings.ToValidUTF8(strings.Clone(agent[:min(len(agent), maxAgentLen)]), "")
	return strings.ReplaceAll(agent, "\x00", "")
}

// Note adds a field to the log line of this request. It must never hold a token, a password or a hash.
func Note(c *fiber.Ctx, key, value string) {
	notes, _ := c.Locals(notesKey).(*[]slog.Attr)
	if notes == nil {
		made := make([]slog.Attr, 0, 8)
		notes = &made
		c.Locals(notesKey, notes)
	}
	*notes = append(*notes, slog.String(key, value))
}

// SetClient names the address that the request came from, where it is not that of the connection.
func SetClient(c *fiber.Ctx, addr string) { c.Locals(clientKey, addr) }

func client(c *fiber.Ctx) string {
	if addr, ok := c.Locals(clientKey).(string); ok {
		return addr
	}
	return c.Context().RemoteIP().String()
}

// AccessLog writes one line per request, when it is answered. A refusal is rendered here, so that its status is known.
func AccessLog(log *slog.Logger) fiber.Handler {
	return func(c *fiber.Ctx) error {
		start := time.Now()
		if err := c.Next(); err != nil {
			if err := c.App().ErrorHandler(c, err); err != nil {
				return err
			}
		}
		LogRequest(c, log, time.Since(start))
		return nil
	}
}

// LogRequest writes the line of a request that was answered in the time given.
func LogRequest(c *fiber.Ctx, log *slog.Logger, took time.Duration) {
	attrs := append(make([]slog.Attr, 0, 16),
		slog.String("request_id", RequestID(c)),
		slog.String("method", c.Method()),
		slog.String("path", utils.CopyString(c.Path())),
		slog.Int("status", c.Response().StatusCode()),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("client", client(c)),
	)
	level := slog.LevelInfo
	if f := refused(c); f != nil {
		if f.Status() >= fiber.StatusInternalServerError {
			level = slog.LevelError
		}
		attrs = append(attrs, slog.String("refused", f.Message))
		if f.Err != nil {
			attrs = append(attrs, slog.String("error", f.Err.Error()))
		}
	}
	if notes, _ := c.Locals(notesKey).(*[]slog.Attr); notes != nil {
		attrs = append(attrs, *notes...)
	}
	log.LogAttrs(c.Context(), level, "request", attrs...)
}

// Recover turns a panic into a 500 whose log line has the stack.
func Recover(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return c.Next()
}
