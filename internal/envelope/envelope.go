// Package envelope is the form of every refusal on the wire: the seed's JSON object with message, data, error and
// request_id, and nothing else. It writes faults at the HTTP edge and reads them back in a client.
package envelope

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"gatehouse/internal/fault"
)

// Envelope is the body of a refusal.
type Envelope struct {
	Message   string `json:"message"` // for a person
	Data      any    `json:"data"`    // always null
	Error     string `json:"error"`   // the reason, for a program
	RequestID string `json:"request_id"`
}

// Of is the envelope of a fault. It never holds the fault's cause.
func Of(f *fault.Fault, requestID string) Envelope {
	reason := f.Reason
	if reason == "" {
		reason = http.StatusText(f.Status())
	}
	return Envelope{Message: f.Message, Error: reason, RequestID: requestID}
}

// RetryAfter is the value of the Retry-After header in whole seconds, rounded up; empty when there is nothing to say.
func RetryAfter(f *fault.Fault) string {
	if f.RetryAfter <= 0 {
		return ""
	}
	return strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds())))
}

var errNoEnvelope = errors.New("a refusal that is no envelope")

// Read gives back the fault that a service answered with.
func Read(status int, retryAfter string, body []byte) *fault.Fault {
	var e Envelope
	if err := json.Unmarshal(body, &e); err != nil || e.Message == "" {
		return fault.Garbled(errors.Join(errNoEnvelope, err))
	}
	f := &fault.Fault{Kind: fault.KindOf(status), Message: e.Message, Reason: e.Error}
	if seconds, err := strconv.ParseUint(retryAfter, 10, 31); err == nil {
		f.RetryAfter = time.Duration(seconds) * time.Second
	}
	return f
}
