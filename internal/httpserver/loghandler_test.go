package httpserver_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"reflect"
	"testing"
	"testing/slogtest"
	"time"

	"gatehouse/internal/httpserver"
)

func parse(t *testing.T, line []byte) map[string]any {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(line, &fields); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return fields
}

// TestLinesAreWhatSlogSays runs the standard library's own test of handlers.
func TestLinesAreWhatSlogSays(t *testing.T) {
	var out bytes.Buffer
	slogtest.Run(t, func(t *testing.T) slog.Handler {
		out.Reset()
		return httpserver.NewLog(&out, slog.LevelInfo, "test").Handler()
	}, func(t *testing.T) map[string]any { return parse(t, out.Bytes()) })
}

// TestLinesAreThoseOfSlog writes all kinds of values with both handlers.
func TestLinesAreThoseOfSlog(t *testing.T) {
	attrs := []any{
		"text", "plain", "quote", `say "no" \ \n`, "control", "a\nb\x00\x7f", "umlaut", "Ünïcödé 😀", "invalid", "\xff", "html", "<&>",
		"int", -7, "uint", uint64(1 << 63), "bool", true, "took", 1500 * time.Millisecond, "at", time.Unix(1, 5).UTC(),
		"ms", 0.517, "whole", 12.0, "tiny", 1e-9, "huge", 1e30, "zero", 0.0, "nil", nil, "error", errors.New(`odd "error"`),
		"any", map[string]int{"a": 1}, "bytes", []byte("x"), "bad", func() {}, slog.Group("g", "a", 1, slog.Group("none")), "last", "",
	}
	for _, with := range []func(*slog.Logger) *slog.Logger{
		func(l *slog.Logger) *slog.Logger { return l },
		func(l *slog.Logger) *slog.Logger {
			return l.With("before", 1).WithGroup("in").With("b", 2).WithGroup("deep")
		},
	} {
		var ours, theirs bytes.Buffer
		with(httpserver.NewLog(&ours, slog.LevelInfo, "test")).Warn("a message", attrs...)
		with(slog.New(slog.NewJSONHandler(&theirs, nil)).With("service", "test")).Warn("a message", attrs...)
		got, want := parse(t, ours.Bytes()), parse(t, theirs.Bytes())
		delete(got, "time")
		delete(want, "time")
		if !reflect.DeepEqual(got, want) {
			t.Errorf("ours:\n%s\nslog's:\n%s", ours.Bytes(), theirs.Bytes())
		}
	}
}

func TestALevelIsRespected(t *testing.T) {
	var out bytes.Buffer
	log := httpserver.NewLog(&out, slog.LevelWarn, "test")
	if log.Info("no"); out.Len() > 0 {
		t.Errorf("%s", out.Bytes())
	}
}

func BenchmarkLog(b *testing.B) {
	group := slog.Attr{Value: slog.GroupValue(slog.String("request_id", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), slog.String("method", "GET"),
		slog.String("path", "/api/id"), slog.Int("status", 200), slog.Float64("ms", 0.517), slog.String("client", "192.0.2.7"))}
	for name, h := range map[string]slog.Handler{
		"ours": httpserver.NewLog(io.Discard, slog.LevelInfo, "test").Handler(), "slog": slog.NewJSONHandler(io.Discard, nil),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := slog.NewRecord(time.Now(), slog.LevelInfo, "request", 0)
				r.AddAttrs(group)
				h.Handle(b.Context(), r)
			}
		})
	}
}
