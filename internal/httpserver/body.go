package httpserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
)

// maxDepth is how deep a body may nest; the deepest of the API has 2 levels.
const maxDepth = 32

// ReadJSON decodes the request's body. Members that the target lacks are ignored. An empty body leaves the target as it
// is; what is no JSON, or of the wrong type, is Invalid; another content type is UnsupportedMediaType.
func ReadJSON(c *fiber.Ctx, target any) error {
	body := c.BodyRaw() // c.Body() would unpack a compressed one, however large it becomes
	if len(body) == 0 {
		return nil
	}
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEApplicationJSON || c.Get(fiber.HeaderContentEncoding) != "" {
		return fault.New(fault.UnsupportedMediaType, "The request body must be JSON (Content-Type: application/json).")
	}
	if err := checkText(body, kind); err != nil {
		return err
	}
	return decode(body, target)
}

// ReadDetails is ReadJSON for a call that cannot do without a body; one that says nothing is Invalid.
func ReadDetails(c *fiber.Ctx, target any) error {
	if emptyJSON(c) {
		return fault.New(fault.Invalid, "Please provide user details")
	}
	return ReadJSON(c, target)
}

func decode(body []byte, target any) error {
	err := json.Unmarshal(body, target)
	var wrongType *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrongType) && wrongType.Field != "":
		return fault.New(fault.Invalid, "The member %s of the request body is of the wrong type.", wrongType.Field)
	case errors.As(err, &wrongType):
		return fault.New(fault.Invalid, "The request body is of the wrong type.")
	}
	return fault.New(fault.Invalid, "The request body is not valid JSON.") // the error would put a bit of it into the log
}

// depth is how deep brackets nest outside of strings.
func depth(body []byte) int {
	deepest, level, inString := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case inString && b == '\\':
			i++
		case b == '"':
			inString = !inString
		case inString:
		case b == '{' || b == '[':
			level++
			deepest = max(deepest, level)
		case b == '}' || b == ']':
			level--
		}
	}
	return deepest
}

// emptyJSON reports whether the body says nothing at all: no bytes, {}, [] or null.
func emptyJSON(c *fiber.Ctx) bool {
	var compact bytes.Buffer
	if err := json.Compact(&compact, c.BodyRaw()); err != nil {
		return len(bytes.TrimSpace(c.BodyRaw())) == 0
	}
	switch compact.String() {
	case "{}", "[]", "null":
		return true
	}
	return false
}
