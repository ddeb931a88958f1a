// Package github asks GitHub whether a user id is an account there.
package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	"gatehouse/internal/fault"
	"gatehouse/user-service/internal/user"
)

// login is the form of GitHub's own user names; whatever else is asked for would be another address of its API.
var login = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,38}$`)

// Registry is GitHub's list of accounts.
type Registry struct {
	base   string
	token  string
	client *http.Client
}

var _ user.Registry = (*Registry)(nil)

// New asks the API at base (scheme, authority and any path) with a personal access token.
func New(base *url.URL, token string, client *http.Client) *Registry {
	return &Registry{base: base.JoinPath("users").String(), token: token, client: client}
}

// Exists implements user.Registry.
func (r *Registry) Exists(ctx context.Context, uid string) (bool, error) {
	if !login.MatchString(uid) {
		return false, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/"+uid, nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	req.Header.Set("Accept", "application/vnd.github+json")
	resp, err := r.client.Do(req)
	if err != nil {
		return false, fault.Down("github", err)
	}
	resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return true, nil
	case http.StatusNotFound:
		return false, nil
	}
	return false, fault.Down("github", fmt.Errorf("answered %s", resp.Status))
}
