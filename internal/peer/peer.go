// Package peer calls the internal listener of another service: JSON in, JSON out, the service secret as a bearer token, and
// the refusals of the other side as faults.
//
// No route of the gateway leads to an internal listener. Without the secret its answer is 403, because 401 is that of a
// wrong credential.
package peer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"gatehouse/internal/envelope"
	"gatehouse/internal/fault"
	"gatehouse/internal/replica"
	"gatehouse/internal/tracing"
)

// MinSecret is the shortest service secret that any side takes, in bytes.
const MinSecret = 16

const maxAnswerBytes = 64 << 10

var errSecret = errors.New("the service secret is not taken")

// Client calls one service.
type Client struct {
	name, base, secret string
	http               *http.Client
}

// New calls the internal listener at base (scheme and authority) with the service secret. The name is for the log.
func New(name, base, secret string, client *http.Client) *Client {
	return &Client{name: name, base: strings.TrimRight(base, "/"), secret: secret, http: client}
}

// Call sends in, if not nil, and reads the answer into out, if not nil. A service that cannot be reached is Unavailable, one
// that answers nonsense or does not take the secret BadUpstream; every other refusal is the fault that it sent.
//
// The call is made once: when its answer is lost, nobody knows whether it had its effect.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	return c.call(ctx, method, path, in, out, func(*http.Request) {})
}

// Ask is a Call that may be made twice without harm: when a replica fails, another one is asked.
func (c *Client) Ask(ctx context.Context, method, path string, in, out any) error {
	return c.call(ctx, method, path, in, out, replica.Repeatable)
}

func (c *Client) call(ctx context.Context, method, path string, in, out any, mark func(*http.Request)) error {
	ctx, span := tracing.Call(ctx, method+" "+c.name, "peer.service", c.name)
	status, header, answer, err := c.send(ctx, method, path, in, mark)
	span.End(err != nil || status >= http.StatusInternalServerError)
	switch {
	case err != nil:
		return err
	case status == http.StatusForbidden:
		return fault.Garbled(errSecret) // nothing that a person could mend
	case status == http.StatusNoContent && out == nil:
		return nil
	case status != http.StatusOK:
		return envelope.Read(status, header.Get("Retry-After"), answer)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fault.Garbled(err)
	}
	return nil
}

func (c *Client) send(
	ctx context.Context, method, path string, in any, mark func(*http.Request),
) (int, http.Header, []byte, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return 0, nil, nil, err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.secret)
	req.Header.Set("Content-Type", "application/json")
	if id := RequestID(ctx); id != "" {
		req.Header.Set("X-Request-Id", id)
	}
	if parent := tracing.Parent(ctx); parent != "" {
		req.Header.Set(tracing.Header, parent)
	}
	mark(req)
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, nil, fault.Down(c.name, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
	if err != nil {
		return 0, nil, nil, fault.Down(c.name, err)
	}
	return resp.StatusCode, resp.Header, answer, nil
}

type requestIDKey struct{}

// WithRequestID hands a request's id on to the other service, so that both log lines carry it.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID is the id that WithRequestID put in, or empty.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
