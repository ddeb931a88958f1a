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

// Load reads a table from YAML, strictly: a key that is not known is a mistake. It names every mistake with its line.
func Load(data []byte) (*Table, error) {
	list, err := readList(data)
	if err != nil {
		return nil, err
	}
	var l loader
	for _, entry := range list.Content {
		l.add(entry)
	}
	if len(l.mistakes) > 0 {
		return nil, errors.Join(l.mistakes...)
	}
	return NewTable(l.routes), nil
}

// readList gives the list under the one key that a file has.
func readList(data []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, another yaml.Node
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("not a YAML file: %w", err)
	}
	if err := decoder.Decode(&another); err != io.EOF {
		return nil, errors.New("a second YAML document follows")
	}
	top := document.Content[0]
	if top.Kind != yaml.MappingNode || len(top.Content) != 2 || top.Content[0].Value != "routes" {
		return nil, at(top, errors.New("the file must have the one key routes"))
	}
	if list := top.Content[1]; list.Kind == yaml.SequenceNode && len(list.Content) > 0 {
		return list, nil
	}
	return nil, at(top, errors.New("routes must be a list with at least one entry"))
}

// loader gathers routes and mistakes.
type loader struct {
	routes   []*Route
	mistakes []error
}

func (l *loader) mistake(n *yaml.Node, err error) { l.mistakes = append(l.mistakes, at(n, err)) }

func at(n *yaml.Node, err error) error { return fmt.Errorf("line %d: %w", n.Line, err) }

func (l *loader) add(entry *yaml.Node) {
	if entry.Kind != yaml.MappingNode {
		l.mistake(entry, errors.New("a route must have keys such as path and methods"))
		return
	}
	r := &Route{Timeout: DefaultTimeout, BodyLimit: DefaultBodyLimit}
	given := make(map[string]bool)
	for i := 0; i < len(entry.Content); i += 2 {
		key, value := entry.Content[i], entry.Content[i+1]
		read, known := readers[key.Value]
		switch {
		case !known:
			l.mistake(key, fmt.Errorf("unknown key %s", key.Value))
		case given[key.Value]:
			l.mistake(key, fmt.Errorf("%s is given twice", key.Value))
		default:
			if err := read(r, value); err != nil {
				l.mistake(value, fmt.Errorf("%s: %w", key.Value, err))
			}
		}
		given[key.Value] = true
	}
	l.finish(entry, r, given)
}

// finish checks what more than one key, or more than one entry, decides.
func (l *loader) finish(entry *yaml.Node, r *Route, given map[string]bool) {
	for _, key := range []string{"path", "methods", "upstream", "access"} {
		if !given[key] {
			l.mistake(entry, fmt.Errorf("%s is missing", key))
		}
	}
	if r.Forward == ForwardIdentity && given["access"] && !r.Access.Session {
		l.mistake(entry, errors.New("forward: a public route has no identity to forward"))
	}
	for _, other := range l.routes {
		if other.Upstream == r.Upstream && other.Health != "" && r.Health != "" && other.Health != r.Health {
			l.mistake(entry, fmt.Errorf("health: %s has another entry with %s", r.Upstream, other.Health))
		}
		if other.Path != r.Path {
			continue
		}
		if both := common(other.Methods, r.Methods); len(both) > 0 {
			l.mistake(entry, fmt.Errorf("%s has another entry for %s", r.Path, strings.Join(both, ", ")))
		}
	}
	l.routes = append(l.routes, r)
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
