package route

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Entries are all routes of one path; they differ by method.
type Entries []*Route

// For is the route for the method, or nil.
func (e Entries) For(method string) *Route {
	for _, r := range e {
		if r.Serves(method) {
			return r
		}
	}
	return nil
}

// Methods are those that the path has, for the header Allow.
func (e Entries) Methods() []string {
	var all []string
	for _, r := range e {
		for _, m := range r.Methods {
			all = append(all, m)
			if m == http.MethodGet {
				all = append(all, http.MethodHead)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Table finds routes by canonical path.
type Table struct {
	exact    map[string]Entries
	prefixes []Entries // the longest first
}

// NewTable makes a table of the routes.
func NewTable(routes []*Route) *Table {
	byPath := make(map[string]Entries)
	for _, r := range routes {
		byPath[r.Path] = append(byPath[r.Path], r)
	}
	t := &Table{exact: byPath}
	for path, entries := range byPath {
		if strings.HasSuffix(path, "/") {
			t.prefixes = append(t.prefixes, entries)
		}
	}
	slices.SortFunc(t.prefixes, func(a, b Entries) int { return cmp.Compare(len(b[0].Path), len(a[0].Path)) })
	return t
}

// At gives the routes of a canonical path: those of the exact path, or else of the longest prefix; none when there is
// neither. An exact path has no second spelling with a slash behind it: many servers take both for one, so the prefix above
// it, with other rules, must not let that one in.
func (t *Table) At(path string) Entries {
	if entries, ok := t.exact[path]; ok {
		return entries
	}
	if _, ok := t.exact[strings.TrimSuffix(path, "/")]; ok {
		return nil
	}
	for _, entries := range t.prefixes {
		if strings.HasPrefix(path, entries[0].Path) {
			return entries
		}
	}
	return nil
}

// Routes are all of the table, by path and as the file has them.
func (t *Table) Routes() []*Route {
	var all []*Route
	for _, path := range slices.Sorted(maps.Keys(t.exact)) {
		all = append(all, t.exact[path]...)
	}
	return all
}

// Upstreams are all that any route names, each with the path of its health; one entry that names it is enough.
func (t *Table) Upstreams() map[string]string {
	all := make(map[string]string)
	for _, r := range t.Routes() {
		all[r.Upstream] = cmp.Or(all[r.Upstream], r.Health)
	}
	return all
}
