package edge

import "github.com/valyala/fasthttp"

// names are headers, as fasthttp writes them.
type names map[string]bool

func newNames(all ...string) names {
	n := make(names)
	for _, name := range all {
		n.add(name)
	}
	return n
}

func (n names) add(name string) { n[string(fasthttp.AppendNormalizedHeaderKey(nil, name))] = true }

// dropFrom removes them from an answer, however often they are there. Most answers have none, which one look shows.
func (n names) dropFrom(h *fasthttp.ResponseHeader) {
	var found []string
	for key := range h.All() {
		if n[string(key)] { // looked up without a copy
			found = append(found, string(key))
		}
	}
	for _, name := range found {
		h.Del(name)
	}
}
