package envelope_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/envelope"
	"gatehouse/internal/fault"
)

func TestEnvelopeOnTheWire(t *testing.T) {
	for name, c := range map[string]struct {
		fault *fault.Fault
		want  string
	}{
		"with the status text": {
			fault.New(fault.NotFound, "User %s not found", "bob"),
			`{"message":"User bob not found","data":null,"error":"Not Found","request_id":"R1"}`,
		},
		"with a reason": {
			&fault.Fault{Kind: fault.Invalid, Message: "No.", Reason: "weak_password"},
			`{"message":"No.","data":null,"error":"weak_password","request_id":"R1"}`,
		},
		"never with the cause": {
			fault.Down("redis", errors.New("10.0.0.7 refused the password hunter2")),
			`{"message":"The service is not available at the moment. Please try again shortly.","data":null,` +
				`"error":"Service Unavailable","request_id":"R1"}`,
		},
		"of an unknown error": {
			fault.From(errors.New("hunter2")),
			`{"message":"Something went wrong!","data":null,"error":"Internal Server Error","request_id":"R1"}`,
		},
	} {
		if got, err := json.Marshal(envelope.Of(c.fault, "R1")); err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, c.want)
		}
	}
}

// A fault that crosses a border as an envelope is the same fault on the other side, but for its cause.
func TestFaultsCrossTheBorder(t *testing.T) {
	for kind := fault.Internal; kind <= fault.UpstreamTimeout; kind++ {
		sent := &fault.Fault{Kind: kind, Message: "100% no", Reason: "because", RetryAfter: 3 * time.Second, Err: errors.New("x")}
		body, err := json.Marshal(envelope.Of(sent, "R1"))
		if err != nil {
			t.Fatal(err)
		}
		got := envelope.Read(sent.Status(), envelope.RetryAfter(sent), body)
		if got.Kind != kind || got.Message != sent.Message || got.Reason != sent.Reason || got.RetryAfter != sent.RetryAfter || got.Err != nil {
			t.Errorf("sent %+v, got %+v", sent, got)
		}
	}
}

func TestGarbageIsBadUpstream(t *testing.T) {
	for _, body := range []string{
		"", "null", "{}", "[]", "<html>hunter2", `"message"`, `{"message":""}`, `{"message":5}`, `{"message":"cut sho`,
		`{"data":null,"error":"x"}`, strings.Repeat("[", 100_000),
	} {
		f := envelope.Read(http.StatusUnauthorized, "7", []byte(body))
		if f.Kind != fault.BadUpstream || strings.Contains(f.Error(), "hunter2") {
			t.Errorf("Read of %.20q: %+v; want BadUpstream", body, f)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		0: "", -time.Second: "", time.Millisecond: "1", time.Second: "1", 1001 * time.Millisecond: "2", time.Hour: "3600",
	} {
		if got := envelope.RetryAfter(&fault.Fault{RetryAfter: wait}); got != want {
			t.Errorf("RetryAfter of %v = %q; want %q", wait, got, want)
		}
	}
	body := []byte(`{"message":"wait"}`)
	for header, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "soon": 0, "1.5": 0, "-4": 0, "Fri, 31 Dec 1999 23:59:59 GMT": 0,
		"99999999999999": 0, // no wait of ours: it would overflow
	} {
		if got := envelope.Read(http.StatusServiceUnavailable, header, body).RetryAfter; got != want {
			t.Errorf("Retry-After %q is read as %v; want %v", header, got, want)
		}
	}
}
