package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// check makes sure that the subject does what it is measured for: it lets a good token pass, and no other.
func (s subject) check(ctx context.Context) error {
	if s.tokens == nil {
		return s.answers(ctx, "", true)
	}
	for _, c := range []struct {
		token string
		pass  bool
	}{{s.tokens.good, true}, {"", false}, {s.tokens.expired, false}, {s.tokens.revoked, false}, {s.tokens.good + "A", false}} {
		if err := s.answers(ctx, c.token, c.pass); err != nil {
			return err
		}
	}
	return nil
}

func (s subject) answers(ctx context.Context, token string, pass bool) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set("Cookie", "jwt="+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if passed := resp.StatusCode == http.StatusOK; passed != pass {
		return fmt.Errorf("%d for a token that should have passed: %v: %s", resp.StatusCode, pass, body)
	}
	return nil
}
