package main

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"gatehouse/bench/internal/load"
)

const (
	few, many = 1_000, 1_000_000
	listCalls = 300
	deepPage  = 11
)

// list measures a page of users when there are a thousand, and when there are a million.
func list(ctx context.Context, r *run) (section, error) {
	s, err := r.openStack(ctx)
	if err != nil {
		return section{}, err
	}
	atFew, err := listAt(ctx, s, few)
	if err != nil {
		return section{}, err
	}
	atMany, err := listAt(ctx, s, many)
	if err != nil {
		return section{}, err
	}
	t := table{header: []string{"GET /api/user, p50", "1,000 users", "1,000,000 users", "×"}}
	for i, kind := range pageNames {
		t.rows = append(t.rows, []string{kind, ms(atFew[i]), ms(atMany[i]), times(ratio(atMany[i], atFew[i]), 1)})
	}
	return section{
		goals: []goal{atMost("a page of users at 1,000,000 against 1,000", ratio(atMany[0], atFew[0]), 1.5)},
		table: t,
	}, nil
}

// pageNames are the pages that are asked for.
var pageNames = []string{"first page", fmt.Sprintf("page %d", deepPage), "search that finds one"}

// listAt fills the database up to so many users and gives the median time of each kind of page.
func listAt(ctx context.Context, s *stack, users int) ([]time.Duration, error) {
	say("  filling up to %d users", users)
	if err := s.accounts(ctx, users); err != nil {
		return nil, err
	}
	if err := s.sql(ctx, "VACUUM ANALYZE users"); err != nil { // as the server does by itself after a while
		return nil, err
	}
	c := newCaller()
	cookies, err := c.session(ctx, s, "admin", 0)
	if err != nil {
		return nil, err
	}
	deep, err := c.deepURL(ctx, s, cookies)
	if err != nil {
		return nil, err
	}
	var p50s []time.Duration
	for _, url := range []string{s.url + "/api/user", deep, s.url + "/api/user?q=admin"} {
		took, err := load.OneByOne(ctx, listCalls, func(int) error { return c.read(ctx, url, cookies) })
		if err != nil {
			return nil, err
		}
		p50s = append(p50s, load.Median(took))
	}
	return p50s, nil
}

func (c *caller) read(ctx context.Context, url, cookies string) error {
	answer, err := c.call(ctx, http.MethodGet, url, "", "Cookie", cookies)
	if err == nil && answer.status != http.StatusOK {
		err = fmt.Errorf("%s: %d", url, answer.status)
	}
	return err
}

var nextPage = regexp.MustCompile(`<(.*)>; rel="next"`)

// deepURL follows the links from page to page.
func (c *caller) deepURL(ctx context.Context, s *stack, cookies string) (string, error) {
	url := s.url + "/api/user"
	for range deepPage - 1 {
		answer, err := c.call(ctx, http.MethodGet, url, "", "Cookie", cookies)
		if err != nil {
			return "", err
		}
		next := nextPage.FindStringSubmatch(answer.header.Get("Link"))
		if next == nil {
			return "", fmt.Errorf("%s has no next page: %d", url, answer.status)
		}
		url = s.url + next[1]
	}
	return url, nil
}
