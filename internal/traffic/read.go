package traffic

import (
	"maps"
	"slices"
	"time"
)

// Histogram is what was counted of one route, method and class of status.
type Histogram struct {
	Route, Method, Status string
	Count                 uint64
	Sum                   float64            // seconds
	Buckets               map[float64]uint64 // upper end in seconds -> answers that took so long at most
}

// Read gives all of it that is not empty, routes in the order of their names.
func (c *Counter) Read() []Histogram {
	c.mu.Lock()
	routes := maps.Clone(c.routes)
	c.mu.Unlock()
	var all []Histogram
	for _, name := range slices.Sorted(maps.Keys(routes)) {
		for m := range methods {
			for s := range classes {
				if h := routes[name].cells[m][s].read(); h.Count > 0 {
					h.Route, h.Method, h.Status = name, methods[m], classes[s]
					all = append(all, h)
				}
			}
		}
	}
	return all
}

func (c *cell) read() Histogram {
	h := Histogram{Buckets: make(map[float64]uint64, len(bounds)), Sum: time.Duration(c.sum.Load()).Seconds()}
	for i := range c.buckets {
		h.Count += c.buckets[i].Load()
		if i < len(bounds) {
			h.Buckets[bounds[i].Seconds()] = h.Count
		}
	}
	return h
}
