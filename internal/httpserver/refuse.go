package httpserver

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/envelope"
	"gatehouse/internal/fault"
)

// Refuse is the error handler of every server: it writes the envelope of the fault in err's chain. The cause stays in the
// log line of the request.
func Refuse(c *fiber.Ctx, err error) error {
	f := faultOf(err)
	r := RecordOf(c)
	r.fault = f
	if after := envelope.RetryAfter(f); after != "" {
		c.Set(fiber.HeaderRetryAfter, after)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(f.Status()).JSON(envelope.Of(f, r.ID))
}

// What a person is told when Fiber itself refuses.
var messages = map[fault.Kind]string{
	fault.Invalid:              "The request could not be understood.",
	fault.NotFound:             "There is nothing at this address.",
	fault.MethodNotAllowed:     "This method is not allowed here.",
	fault.Timeout:              "The request took too long to arrive.",
	fault.TooLarge:             "The request is too large.",
	fault.UnsupportedMediaType: "The request body must be JSON.",
	fault.HeadersTooLarge:      "The request headers are too large.",
}

// faultOf turns Fiber's own errors into faults too.
func faultOf(err error) *fault.Fault {
	var fe *fiber.Error
	if !errors.As(err, &fe) {
		return fault.From(err)
	}
	kind := fault.KindOf(fe.Code)
	message, ok := messages[kind]
	if !ok {
		return fault.From(err)
	}
	return &fault.Fault{Kind: kind, Message: message, Err: err}
}

// Allow sets the methods that a 405 must name.
func Allow(c *fiber.Ctx, methods []string) {
	c.Set(fiber.HeaderAllow, strings.Join(methods, ", "))
}
