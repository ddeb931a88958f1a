// Package fault is the one error type that crosses the borders between Gatehouse's parts.
//
// A Fault says what went wrong in terms a caller can act on (its Kind), what a person may be told (Message, Reason) and,
// for the log alone, what caused it (Err). Any other error is internal: it is logged once and never shown.
package fault

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Kind says what a caller can do about a fault. Each kind is one HTTP status.
type Kind int

// The kinds, each with the HTTP status that it becomes.
const (
	Internal             Kind = iota // 500: unforeseen
	Invalid                          // 400: the request must change
	Unauthenticated                  // 401: sign in first
	Forbidden                        // 403: this caller may not
	NotFound                         // 404: no such thing
	MethodNotAllowed                 // 405: another method
	Timeout                          // 408: the client was too slow
	Conflict                         // 409: the state has changed meanwhile
	PreconditionFailed               // 412: it is not what the client thinks it is
	TooLarge                         // 413: the body is over the limit
	UnsupportedMediaType             // 415: the body is not JSON
	RangeNotSatisfiable              // 416: there is no such part
	TooManyRequests                  // 429: wait for RetryAfter
	HeadersTooLarge                  // 431: the request headers are over the limit
	NotImplemented                   // 501: this installation does not have it
	BadUpstream                      // 502: a service answered nonsense
	Unavailable                      // 503: a dependency is down, wait for RetryAfter
	UpstreamTimeout                  // 504: a service did not answer in time
)

var statuses = map[Kind]int{
	Internal:             http.StatusInternalServerError,
	Invalid:              http.StatusBadRequest,
	Unauthenticated:      http.StatusUnauthorized,
	Forbidden:            http.StatusForbidden,
	NotFound:             http.StatusNotFound,
	MethodNotAllowed:     http.StatusMethodNotAllowed,
	Timeout:              http.StatusRequestTimeout,
	Conflict:             http.StatusConflict,
	PreconditionFailed:   http.StatusPreconditionFailed,
	TooLarge:             http.StatusRequestEntityTooLarge,
	UnsupportedMediaType: http.StatusUnsupportedMediaType,
	RangeNotSatisfiable:  http.StatusRequestedRangeNotSatisfiable,
	TooManyRequests:      http.StatusTooManyRequests,
	HeadersTooLarge:      http.StatusRequestHeaderFieldsTooLarge,
	NotImplemented:       http.StatusNotImplemented,
	BadUpstream:          http.StatusBadGateway,
	Unavailable:          http.StatusServiceUnavailable,
	UpstreamTimeout:      http.StatusGatewayTimeout,
}

// Status is the HTTP status of the kind.
func (k Kind) Status() int { return statuses[k] }

// KindOf is the kind whose status is the given one; a status that no kind has is Internal.
func KindOf(status int) Kind {
	for kind, s := range statuses {
		if s == status {
			return kind
		}
	}
	return Internal
}

// Fault is an error with a kind.
type Fault struct {
	Kind       Kind
	Message    string        // for a person
	Reason     string        // for a program; when empty, the status text
	RetryAfter time.Duration // on TooManyRequests and Unavailable: when to try again
	Err        error         // for the log alone
}

// Error is for the log: it holds the cause, so it must never be sent to a client.
func (f *Fault) Error() string {
	if f.Err != nil {
		return fmt.Sprintf("%s: %v", f.Message, f.Err)
	}
	return f.Message
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Status is the HTTP status of the fault's kind.
func (f *Fault) Status() int { return f.Kind.Status() }

// New makes a fault of the kind with a message for a person, formatted like fmt.Sprintf.
func New(kind Kind, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// RetryDefault is how long a client is asked to wait for a dependency that is down.
const RetryDefault = 2 * time.Second

// Down is the fault of a dependency that cannot be reached: 503, try again shortly.
func Down(dependency string, err error) *Fault {
	return &Fault{
		Kind:       Unavailable,
		Message:    "The service is not available at the moment. Please try again shortly.",
		RetryAfter: RetryDefault,
		Err:        fmt.Errorf("%s: %w", dependency, err),
	}
}

// Garbled is the fault of a service whose answer makes no sense.
func Garbled(err error) *Fault {
	return &Fault{Kind: BadUpstream, Message: "A service gave an answer that could not be understood.", Err: err}
}

// From gives the fault in err's chain, or wraps err as an internal one whose message tells nothing.
func From(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Kind: Internal, Message: "Something went wrong!", Err: err}
}

// Is reports whether err holds a fault of the kind.
func Is(err error, kind Kind) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == kind
}
