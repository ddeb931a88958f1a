package httpserver

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
)

// Record is what is known of a request besides what it says: for its line in the log, and for what it is refused with. It
// serves a later request once that line is written.
type Record struct {
	ID     string // of the request
	Client string // address; that of the connection when empty
	began  time.Time
	fault  *fault.Fault // the answer is its refusal
	notes  []slog.Attr
	line   []slog.Attr // room for the whole log line
}

type recordKey struct{}

var records = sync.Pool{New: func() any { return new(Record) }}

// Begin makes the record of a request that has just arrived. An id that is none of ours is replaced.
func Begin(c *fiber.Ctx, id string) *Record {
	if !plainID(id) {
		id = newRequestID()
	}
	r := records.Get().(*Record)
	r.ID, r.began = id, time.Now()
	c.Locals(recordKey{}, r)
	return r
}

// RecordOf is the record of this request. A request that failed before any middleware ran gets one now.
func RecordOf(c *fiber.Ctx) *Record {
	if r, ok := c.Locals(recordKey{}).(*Record); ok {
		return r
	}
	r := Begin(c, "")
	SetRequestID(c, r.ID)
	return r
}

// Note adds a field to the log line. It must never hold a token, a password or a hash.
func (r *Record) Note(key, value string) { r.notes = append(r.notes, slog.String(key, value)) }

// End writes the log line of a request that is answered, and gives the time that it took. The record is not to be used
// afterwards.
func (r *Record) End(c *fiber.Ctx, log *slog.Logger) time.Duration {
	now := time.Now()
	took := now.Sub(r.began)
	r.write(c, log.Handler(), now)
	c.Locals(recordKey{}, nil)
	clear(r.notes) // what they hold is not kept
	clear(r.line)
	*r = Record{notes: r.notes[:0], line: r.line[:0]}
	records.Put(r)
	return took
}

// write is slog's own way without what a logger adds for each call: where in the source it is, and copies of the fields.
func (r *Record) write(c *fiber.Ctx, to slog.Handler, now time.Time) {
	level := slog.LevelInfo
	if r.fault != nil && r.fault.Status() >= fiber.StatusInternalServerError {
		level = slog.LevelError
	}
	ctx := context.Background()
	if !to.Enabled(ctx, level) {
		return
	}
	r.fill(c, now)
	record := slog.NewRecord(now, level, "request", 0)
	record.AddAttrs(slog.Attr{Value: slog.GroupValue(r.line...)}) // a group without a name is written as its fields
	to.Handle(ctx, record)                                        // there is nowhere to complain
}

func (r *Record) fill(c *fiber.Ctx, now time.Time) {
	client := r.Client
	if client == "" {
		client = c.Context().RemoteIP().String()
	}
	r.line = append(r.line,
		slog.String("request_id", r.ID),
		slog.String("method", c.Method()),
		slog.String("path", c.Path()), // the handler is done with it before the request's memory serves another one
		slog.Int("status", c.Response().StatusCode()),
		slog.Float64("ms", float64(now.Sub(r.began).Microseconds())/1000),
		slog.String("client", client),
	)
	if r.fault != nil {
		r.line = append(r.line, slog.String("refused", r.fault.Message))
		if r.fault.Err != nil {
			r.line = append(r.line, slog.String("error", r.fault.Err.Error()))
		}
	}
	r.line = append(r.line, r.notes...)
}
