package userapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"gatehouse/internal/fault"
	"gatehouse/internal/peer"
)

var errNoUser = errors.New("user-service answered 200 without a user")

// Client calls user-service.
type Client struct{ peer *peer.Client }

var _ Directory = (*Client)(nil)

// NewClient calls the internal listener at base (scheme and authority) with the service secret.
func NewClient(base, secret string, client *http.Client) *Client {
	return &Client{peer.New("user-service", base, secret, client)}
}

// Verify implements Directory.
func (c *Client) Verify(ctx context.Context, cred Credential) (User, error) {
	return user(ctx, c.peer.Ask, http.MethodPost, VerifyPath, cred)
}

// Prove implements Directory.
func (c *Client) Prove(ctx context.Context, p Proof) (User, error) {
	return user(ctx, c.peer.Ask, http.MethodPost, ProvePath, p)
}

// User implements Directory.
func (c *Client) User(ctx context.Context, id string) (User, error) {
	return user(ctx, c.peer.Ask, http.MethodGet, UsersPath+url.PathEscape(id), nil)
}

// Find implements Directory.
func (c *Client) Find(ctx context.Context, typed string) ([]User, error) {
	var found []User
	err := c.peer.Ask(ctx, http.MethodPost, FindPath, Typed{typed}, &found)
	return found, err
}

// Record implements Directory.
func (c *Client) Record(ctx context.Context, events []Event) error {
	return c.peer.Ask(ctx, http.MethodPost, EventsPath, events, nil) // an event comes at least once
}

// Issue implements Links.
func (c *Client) Issue(ctx context.Context, o Order) (Link, error) {
	var link Link
	err := c.peer.Call(ctx, http.MethodPost, LinksPath, o, &link)
	return link, err
}

// Reset implements Links.
func (c *Client) Reset(ctx context.Context, r Reset) (User, error) {
	return user(ctx, c.peer.Call, http.MethodPost, ResetPath, r)
}

// Confirm implements Links.
func (c *Client) Confirm(ctx context.Context, confirmation Confirmation) (User, error) {
	return user(ctx, c.peer.Call, http.MethodPost, ConfirmPath, confirmation)
}

// call is one of the ways to make a call.
type call func(ctx context.Context, method, path string, in, out any) error

// user makes a call whose answer is a user.
func user(ctx context.Context, do call, method, path string, in any) (User, error) {
	var u User
	if err := do(ctx, method, path, in, &u); err != nil {
		return User{}, err
	}
	if u.ID == "" || u.UID == "" || u.Role == "" {
		return User{}, fault.Garbled(errNoUser)
	}
	return u, nil
}
