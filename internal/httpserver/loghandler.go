package httpserver

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"gatehouse/internal/peer"
	"gatehouse/internal/tracing"
)

// logHandler writes records as slog's JSON handler does, one object a line, in a third of the time: a line is written for
// every request, and the gateway's share of a request is small.
type logHandler struct {
	to     io.Writer
	level  slog.Leveler
	fields string   // in every line, behind the message
	groups []string // which the fields of a record are in, and none of the fields above
	ends   string   // of the groups that the fields above are in
	comma  bool     // a field comes behind another one
}

// NewLog writes lines at least as grave as the level, each with the name of the service.
func NewLog(to io.Writer, level slog.Leveler, service string) *slog.Logger {
	return slog.New(&logHandler{to: to, level: level, comma: true}).With("service", service)
}

// Enabled is slog.Handler's.
func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level()
}

var logLines = sync.Pool{New: func() any { return &logLine{text: make([]byte, 0, 1024)} }}

// Handle is slog.Handler's. What is written on behalf of a request has its id, and that of its trace.
func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := peer.RequestID(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
		if trace := tracing.ID(ctx); trace != "" {
			r.AddAttrs(slog.String("trace_id", trace))
		}
	}
	l := logLines.Get().(*logLine)
	defer logLines.Put(l)
	l.text = append(l.text[:0], '{')
	if !r.Time.IsZero() {
		l.text = append(r.Time.AppendFormat(append(l.text, `"time":"`...), time.RFC3339Nano), `",`...)
	}
	l.text = append(append(append(l.text, `"level":"`...), r.Level.String()...), `","msg":`...)
	l.string(r.Message)
	l.text = append(l.text, h.fields...)
	if l.comma = h.comma; r.NumAttrs() > 0 {
		ends := l.begin(h.groups)
		r.Attrs(func(a slog.Attr) bool {
			l.attr(a)
			return true
		})
		l.text = append(l.text, ends...)
	}
	l.text = append(append(l.text, h.ends...), "}\n"...)
	_, err := h.to.Write(l.text)
	return err
}

// WithAttrs is slog.Handler's.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	l := logLine{comma: h.comma}
	ends := l.begin(h.groups)
	l.attrs(attrs)
	more := *h
	more.fields, more.groups = h.fields+string(l.text), nil
	more.ends, more.comma = ends+h.ends, l.comma
	return &more
}

// WithGroup is slog.Handler's.
func (h *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	more := *h
	more.groups = append(slices.Clip(h.groups), name)
	return &more
}

// logLine is a line that is being written.
type logLine struct {
	text  []byte
	comma bool
}

// begin opens the groups and gives their ends.
func (l *logLine) begin(groups []string) (ends string) {
	for _, name := range groups {
		l.key(name)
		l.text, l.comma = append(l.text, '{'), false
	}
	return strings.Repeat("}", len(groups))
}

func (l *logLine) key(name string) {
	if l.comma {
		l.text = append(l.text, ',')
	}
	l.comma = true
	l.string(name)
	l.text = append(l.text, ':')
}

// attr writes a field. The fields of a group without a name stand for themselves.
func (l *logLine) attr(a slog.Attr) {
	switch kind := a.Value.Kind(); {
	case kind == slog.KindString:
		l.key(a.Key)
		l.string(a.Value.String())
	case kind == slog.KindLogValuer:
		l.attr(slog.Attr{Key: a.Key, Value: a.Value.Resolve()})
	case kind != slog.KindGroup:
		if !a.Equal(slog.Attr{}) {
			l.key(a.Key)
			l.value(a.Value)
		}
	case a.Key == "":
		l.attrs(a.Value.Group())
	case len(a.Value.Group()) > 0:
		l.key(a.Key)
		l.text, l.comma = append(l.text, '{'), false
		l.attrs(a.Value.Group())
		l.text, l.comma = append(l.text, '}'), true
	}
}

func (l *logLine) attrs(all []slog.Attr) {
	for _, a := range all {
		l.attr(a)
	}
}

func (l *logLine) value(v slog.Value) {
	switch v.Kind() {
	case slog.KindInt64:
		l.text = strconv.AppendInt(l.text, v.Int64(), 10)
	case slog.KindUint64:
		l.text = strconv.AppendUint(l.text, v.Uint64(), 10)
	case slog.KindBool:
		l.text = strconv.AppendBool(l.text, v.Bool())
	case slog.KindDuration:
		l.text = strconv.AppendInt(l.text, int64(v.Duration()), 10) // nanoseconds
	case slog.KindFloat64:
		l.float(v.Float64())
	default:
		l.any(v.Any())
	}
}

// float writes what is neither large nor small as people write it; JSON has no other rule.
func (l *logLine) float(f float64) {
	if size := max(f, -f); size < 1e15 && (size >= 1e-6 || size == 0) {
		l.text = strconv.AppendFloat(l.text, f, 'f', -1, 64)
		return
	}
	l.any(f)
}

func (l *logLine) any(v any) {
	if err, ok := v.(error); ok {
		if _, ok := v.(json.Marshaler); !ok {
			l.string(err.Error())
			return
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		l.string("!ERROR:" + err.Error())
		return
	}
	l.text = append(l.text, text...)
}

// string writes a text that needs no escapes as it is, as nearly all are.
func (l *logLine) string(s string) {
	for i := range len(s) {
		if b := s[i]; b < ' ' || b == '"' || b == '\\' || b >= utf8.RuneSelf {
			text, _ := json.Marshal(s) // no string fails
			l.text = append(l.text, text...)
			return
		}
	}
	l.text = append(l.text, '"')
	l.text = append(append(l.text, s...), '"')
}
