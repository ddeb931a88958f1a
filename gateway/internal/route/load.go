package route

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// File is a file of routes and its name, which mistakes are told by.
type File struct {
	Name string
	Data []byte
}

// Load reads a table from a file without a name.
func Load(data []byte) (*Table, error) { return LoadFiles(File{Data: data}) }

// LoadFiles reads one table from YAML, strictly: a key that is not known is a mistake. It names every mistake with its file
// and line, as a Mistake each.
func LoadFiles(files ...File) (*Table, error) {
	var (
		l   loader
		all []error
	)
	for _, f := range files {
		all = append(all, l.read(f)...)
	}
	if len(all) > 0 {
		return nil, errors.Join(all...)
	}
	return NewTable(l.routes), nil
}

// loader gathers the routes of all files.
type loader struct {
	routes   []*Route
	places   []place  // of each route
	mistakes mistakes // of the present file
}

// read gives the mistakes of the file.
func (l *loader) read(f File) []error {
	l.mistakes = mistakes{file: f.Name}
	for _, entry := range l.list(f.Data) {
		l.add(entry)
	}
	return l.mistakes.inOrder()
}

// list gives the entries of the list under the one key that a file has.
func (l *loader) list(data []byte) []*yaml.Node {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, another yaml.Node
	if err := decoder.Decode(&document); err != nil {
		l.mistakes.add(&another, fmt.Errorf("not a YAML file: %s", strings.TrimPrefix(err.Error(), "yaml: ")))
		return nil
	}
	if err := decoder.Decode(&another); err != io.EOF {
		l.mistakes.add(&another, errors.New("a second YAML document follows"))
		return nil
	}
	top := document.Content[0]
	if top.Kind != yaml.MappingNode || len(top.Content) != 2 || top.Content[0].Value != "routes" {
		l.mistakes.add(top, errors.New("the file must have the one key routes"))
		return nil
	}
	list := top.Content[1]
	if list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		l.mistakes.add(top, errors.New("routes must be a list with at least one entry"))
	}
	return list.Content
}

func (l *loader) add(entry *yaml.Node) {
	if entry.Kind != yaml.MappingNode {
		l.mistakes.add(entry, errors.New("a route must have keys such as path and methods"))
		return
	}
	r := &Route{Timeout: DefaultTimeout, BodyLimit: DefaultBodyLimit}
	given := make(map[string]bool)
	for i := 0; i < len(entry.Content); i += 2 {
		key, value := entry.Content[i], entry.Content[i+1]
		read, known := readers[key.Value]
		switch {
		case !known:
			l.mistakes.add(key, fmt.Errorf("unknown key %s", key.Value))
		case given[key.Value]:
			l.mistakes.add(key, fmt.Errorf("%s is given twice", key.Value))
		default:
			if err := read(r, value); err != nil {
				l.mistakes.add(value, fmt.Errorf("%s: %w", key.Value, err))
			}
		}
		given[key.Value] = true
	}
	l.finish(entry, r, given)
}

// required are the keys that every route has.
var required = []string{"path", "methods", "upstream", "access"}

// finish checks what more than one key, or more than one entry, decides.
func (l *loader) finish(entry *yaml.Node, r *Route, given map[string]bool) {
	for _, key := range required {
		if !given[key] {
			l.mistakes.add(entry, fmt.Errorf("%s is missing", key))
		}
	}
	for _, err := range contradictions(r, given) {
		l.mistakes.add(entry, err)
	}
	if r.Forward == ForwardAssertion && r.Audience == "" {
		r.Audience = r.Upstream
	}
	for i, other := range l.routes {
		if other.Upstream == r.Upstream && other.Health != "" && r.Health != "" && other.Health != r.Health {
			l.mistakes.add(entry, fmt.Errorf("health: %s has another entry with %s", r.Upstream, other.Health))
		}
		if other.Path != r.Path {
			continue
		}
		if both := common(other.Methods, r.Methods); len(both) > 0 {
			l.mistakes.add(entry, fmt.Errorf("%s has another entry for %s, %s", r.Path, strings.Join(both, ", "), l.places[i]))
		}
	}
	l.routes, l.places = append(l.routes, r), append(l.places, place{l.mistakes.file, entry.Line})
}

// contradictions are keys that do not go together.
func contradictions(r *Route, given map[string]bool) []error {
	var found []error
	if (r.Forward == ForwardIdentity || r.Forward == ForwardAssertion) && given["access"] && !r.Access.Session {
		found = append(found, errors.New("forward: a public route has no identity to forward"))
	}
	if given["audience"] && r.Forward != ForwardAssertion {
		found = append(found, errors.New("audience: only for forward: assertion"))
	}
	if r.StripPrefix && r.Path != "" && !r.IsPrefix() {
		found = append(found, errors.New("strip_prefix: only for a path with a trailing slash"))
	}
	return found
}

func common(a, b []string) []string {
	var both []string
	for _, m := range a {
		if slices.Contains(b, m) {
			both = append(both, m)
		}
	}
	return both
}
