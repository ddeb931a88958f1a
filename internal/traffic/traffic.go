// Package traffic counts the answers that a service gives: how many, with which status, after how long, by route.
//
// It is made for the gateway, where each request counts: a route is looked up when the table of routes is read, and to count
// an answer is two additions in memory that no other route shares, without a lock or an allocation. What the labels can be is
// fixed: a path, an id or a made-up method of a client never makes a new one.
package traffic

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// bounds are the upper ends of the buckets of the histogram; the last one has none. Most calls are under a millisecond, a
// password hash takes 25 of them, and no route may take more than two minutes.
var bounds = [...]time.Duration{
	500 * time.Microsecond, time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond,
	25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 10 * time.Second,
}

// methods are the labels for methods. All others, which no route has, are the last.
var methods = [...]string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
	"other",
}

// classes are the labels for statuses.
var classes = [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}

// cell counts the answers of one route, method and class. It fills two cache lines of its own, so that processors that count
// for different routes do not wait for each other.
type cell struct {
	buckets [len(bounds) + 1]atomic.Uint64
	sum     atomic.Uint64 // nanoseconds
	_       [128 - 8*(len(bounds)+2)]byte
}

// Route counts the answers of one route.
type Route struct {
	name  string
	cells [len(methods)][len(classes)]cell
}

// Count counts an answer.
func (r *Route) Count(method string, status int, took time.Duration) {
	c := &r.cells[methodIndex(method)][classIndex(status)]
	c.buckets[bucketIndex(took)].Add(1)
	c.sum.Add(uint64(max(took, 0)))
}

func methodIndex(method string) int {
	for i := range len(methods) - 1 {
		if methods[i] == method {
			return i
		}
	}
	return len(methods) - 1
}

func classIndex(status int) int { return min(max(status/100, 1), len(classes)) - 1 }

func bucketIndex(took time.Duration) int {
	for i := range bounds {
		if took <= bounds[i] {
			return i
		}
	}
	return len(bounds)
}

// Counter is the routes of a service. The zero value is ready to use.
type Counter struct {
	mu     sync.Mutex
	routes map[string]*Route
}

// Route gives the one with the name, which is the route's path as the table has it, and makes it when it is new. A route that
// is no longer in the table keeps its counts.
func (c *Counter) Route(name string) *Route {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.routes == nil {
		c.routes = make(map[string]*Route)
	}
	if c.routes[name] == nil {
		c.routes[name] = &Route{name: name}
	}
	return c.routes[name]
}
