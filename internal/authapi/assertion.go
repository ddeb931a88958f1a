package authapi

import (
	"context"
	"errors"
	"net/http"

	"gatehouse/internal/fault"
	"gatehouse/internal/peer"
)

// AssertionPath is POST Order -> 200 Assertion, with the caller's access token as the bearer token in the place of the
// service secret. 401: the token is no good, or revoked.
const AssertionPath = "/assertion"

// Order says whom an assertion is for.
type Order struct {
	Audience string `json:"audience"`
}

// Assertion is the answer: a token.Assertion in its compact form, fresh.
type Assertion struct {
	Assertion string `json:"assertion"`
}

// Assertions makes assertions.
type Assertions interface {
	// Assert tells the audience whose access token it is. Unauthenticated: the token is no good, or revoked. Unavailable: it
	// cannot be had now.
	Assert(ctx context.Context, accessToken, audience string) (string, error)
}

// Issuer calls auth-service for assertions.
type Issuer struct {
	base string
	http *http.Client
}

var _ Assertions = (*Issuer)(nil)

// NewIssuer calls the internal listener at base (scheme and authority).
func NewIssuer(base string, client *http.Client) *Issuer { return &Issuer{base, client} }

var errNoAssertion = errors.New("auth-service answered 200 without an assertion")

// Assert implements Assertions.
func (i *Issuer) Assert(ctx context.Context, accessToken, audience string) (string, error) {
	var a Assertion
	err := peer.New("auth-service", i.base, accessToken, i.http).Ask(ctx, http.MethodPost, AssertionPath, Order{audience}, &a)
	if err == nil && a.Assertion == "" {
		err = fault.Garbled(errNoAssertion)
	}
	return a.Assertion, err
}
