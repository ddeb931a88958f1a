package edge

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/gateway/internal/site"
	"gatehouse/internal/fault"
)

// sendRange sends the part that a Range header wants (RFC 9110 §14). What it says badly, or of several parts, does not
// count, nor does it when If-Range names another state of the file.
func (p *pages) sendRange(c *fiber.Ctx, r *site.Representation, wanted string) error {
	size := len(r.Body)
	part, ok := parseRange(wanted)
	if held := c.Get(fiber.HeaderIfRange); !ok || size == 0 || held != "" && held != r.ETag {
		p.sendWhole(c, r)
		return nil
	}
	first, end := part.within(size)
	if first >= end {
		c.Set(fiber.HeaderContentRange, "bytes */"+strconv.Itoa(size))
		return fault.New(fault.RangeNotSatisfiable, "The file has no such part.")
	}
	p.sendWhole(c, r)
	c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", first, end-1, size))
	c.Status(fiber.StatusPartialContent).Response().SetBodyRaw(r.Body[first:end])
	return nil
}

// byteRange is from a first to a last byte, or the last so many.
type byteRange struct {
	first, last uint64
	suffix      bool // last is a number of bytes
}

// toTheEnd is the last byte of a range that does not name it.
const toTheEnd = 1<<64 - 1

// parseRange reads a single range of bytes.
func parseRange(header string) (r byteRange, ok bool) {
	unit, set, _ := strings.Cut(header, "=")
	first, last, found := strings.Cut(strings.TrimSpace(set), "-")
	if !strings.EqualFold(unit, "bytes") || !found || first == "" && last == "" {
		return byteRange{}, false
	}
	r.last, r.suffix = toTheEnd, first == ""
	firstOK := first == "" || position(first, &r.first)
	lastOK := last == "" || position(last, &r.last)
	return r, firstOK && lastOK && (r.suffix || r.first <= r.last)
}

// position reads a number; one that is beyond all sizes is as good as the greatest.
func position(digits string, into *uint64) bool {
	n, err := strconv.ParseUint(digits, 10, 64)
	*into = n
	return err == nil || errors.Is(err, strconv.ErrRange)
}

// within is the part of a body of the size: from first to before end.
func (r byteRange) within(size int) (first, end int) {
	whole := uint64(size)
	if r.suffix {
		return size - int(min(r.last, whole)), size
	}
	return int(min(r.first, whole)), int(min(r.last, whole-1)) + 1
}
