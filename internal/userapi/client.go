package userapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"gatehouse/internal/envelope"
	"gatehouse/internal/fault"
)

const maxAnswerBytes = 64 << 10

// What user-service may do that is no answer to the question.
var (
	errSecret = errors.New("user-service does not take the service secret")
	errNoUser = errors.New("user-service answered 200 without a user")
)

// Client calls user-service.
type Client struct {
	base   string
	secret string
	http   *http.Client
}

var _ Directory = (*Client)(nil)

// NewClient calls the internal listener at base (scheme and authority) with the service secret.
func NewClient(base, secret string, client *http.Client) *Client {
	return &Client{base: strings.TrimRight(base, "/"), secret: secret, http: client}
}

// Verify implements Directory.
func (c *Client) Verify(ctx context.Context, cred Credential) (User, error) {
	body, err := json.Marshal(cred)
	if err != nil {
		return User{}, err
	}
	return c.call(ctx, http.MethodPost, VerifyPath, body)
}

// User implements Directory.
func (c *Client) User(ctx context.Context, id string) (User, error) {
	return c.call(ctx, http.MethodGet, UsersPath+url.PathEscape(id), nil)
}

func (c *Client) call(ctx context.Context, method, path string, body []byte) (User, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return User{}, err
	}
	req.Header.Set("Authorization", "Bearer "+c.secret)
	req.Header.Set("Content-Type", "application/json")
	if id := RequestID(ctx); id != "" {
		req.Header.Set("X-Request-Id", id)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return User{}, fault.Down("user-service", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
	if err != nil {
		return User{}, fault.Down("user-service", err)
	}
	if resp.StatusCode == http.StatusForbidden {
		return User{}, fault.Garbled(errSecret) // nothing that a person could mend
	}
	if resp.StatusCode != http.StatusOK {
		return User{}, envelope.Read(resp.StatusCode, resp.Header.Get("Retry-After"), answer)
	}
	var u User
	if err := json.Unmarshal(answer, &u); err != nil || u.ID == "" || u.UID == "" || u.Role == "" {
		return User{}, fault.Garbled(errors.Join(errNoUser, err))
	}
	return u, nil
}

type requestIDKey struct{}

// WithRequestID hands a request's id on to user-service, so that both log lines carry it.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID is the id that WithRequestID put in, or empty.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
