package httpserver

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
)

const (
	maxRequestIDLen = 64
	maxAgentLen     = 256 // bytes; real ones have under 200
)

// Frame is around every request: it gives each an id, in the answer's X-Request-Id too, makes a refusal out of an error,
// and when the request is answered writes one log line and counts it.
func Frame(o Options) fiber.Handler {
	routes := served{counter: o.Traffic}
	return func(c *fiber.Ctx) error {
		id := ""
		if o.FromGateway {
			id = utils.CopyString(c.Get(fiber.HeaderXRequestID))
		}
		r := Begin(c, id)
		span := trace(c, r, o.FromGateway)
		if err := Recover(c); err != nil {
			if err := c.App().ErrorHandler(c, err); err != nil {
				return err
			}
		}
		SetRequestID(c, r.ID)
		span.Answered(c.Method(), routes.pattern(c), c.Response().StatusCode())
		took := r.End(c, o.Log)
		routes.count(c, took)
		return nil
	}
}

// SetRequestID puts the id into the answer, in the place of any that an upstream may have sent.
func SetRequestID(c *fiber.Ctx, id string) {
	c.Response().Header.Del(fiber.HeaderXRequestID)
	c.Set(fiber.HeaderXRequestID, id)
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

// RequestID is the id of this request.
func RequestID(c *fiber.Ctx) string { return RecordOf(c).ID }

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
func Note(c *fiber.Ctx, key, value string) { RecordOf(c).Note(key, value) }

// Recover turns a panic into a 500 whose log line has the stack.
func Recover(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return c.Next()
}
