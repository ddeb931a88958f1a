package route

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Mistake is one mistake in a file of routes.
type Mistake struct {
	File string // its name; may be empty
	Line int    // 0 when it is the file as a whole
	Err  error
}

// Error says where it is, in the form that editors follow when the file has a name.
func (m Mistake) Error() string {
	if where := (place{m.File, m.Line}).String(); where != "" {
		return fmt.Sprintf("%s: %v", where, m.Err)
	}
	return m.Err.Error()
}

// Unwrap gives the mistake without its place.
func (m Mistake) Unwrap() error { return m.Err }

// place is a line of a file.
type place struct {
	file string
	line int
}

func (p place) String() string {
	switch {
	case p.line == 0:
		return p.file
	case p.file == "":
		return fmt.Sprintf("line %d", p.line)
	}
	return fmt.Sprintf("%s:%d", p.file, p.line)
}

// mistakes are those of one file.
type mistakes struct {
	file string
	list []error
}

func (m *mistakes) add(n *yaml.Node, err error) {
	m.list = append(m.list, Mistake{m.file, n.Line, err})
}

// inOrder gives them in the order of their lines.
func (m *mistakes) inOrder() []error {
	line := func(err error) int {
		found, _ := errors.AsType[Mistake](err)
		return found.Line
	}
	slices.SortStableFunc(m.list, func(a, b error) int { return cmp.Compare(line(a), line(b)) })
	return m.list
}
