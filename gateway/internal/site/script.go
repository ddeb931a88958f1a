package site

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2/js"
)

// inScript finds the modules that a script imports. They are not all known when it computes a name, or cannot be read.
func inScript(body []byte) (found []mention, unknown bool) {
	input := inputOf(body)
	tree, err := js.Parse(input, js.Options{})
	if err != nil {
		return nil, true
	}
	v := &imports{source: input.Bytes()}
	js.Walk(v, tree)
	slices.SortFunc(v.found, func(a, b mention) int { return cmp.Compare(a.start, b.start) }) // the walk is not in their order
	return v.found, v.unknown
}

// imports looks for them in the tree of a script.
type imports struct {
	source  []byte
	found   []mention
	unknown bool
}

// Enter is called for each node.
func (v *imports) Enter(node js.INode) js.IVisitor {
	switch n := node.(type) {
	case *js.ImportStmt:
		v.add(n.Module)
	case *js.ExportStmt:
		if n.Module != nil {
			v.add(n.Module)
		}
	case *js.CallExpr:
		if callee, ok := n.X.(*js.LiteralExpr); ok && callee.TokenType == js.ImportToken {
			v.addArgument(n.Args)
		}
	}
	return v
}

// Exit is called for each node too.
func (*imports) Exit(js.INode) {}

// addArgument is import(...).
func (v *imports) addArgument(args js.Args) {
	if len(args.List) > 0 {
		if literal, ok := args.List[0].Value.(*js.LiteralExpr); ok && literal.TokenType == js.StringToken {
			v.add(literal.Data)
			return
		}
	}
	v.unknown = true
}

func (v *imports) add(specifier []byte) {
	m := unquoted(v.offset(specifier), specifier)
	switch {
	case strings.Contains(m.text, `\`):
		v.unknown = true
	case strings.HasPrefix(m.text, "/"), strings.HasPrefix(m.text, "./"), strings.HasPrefix(m.text, "../"):
		v.found = append(v.found, m) // any other is no path (HTML standard, "resolve a module specifier")
	}
}

// offset is where a part of the source begins.
func (v *imports) offset(part []byte) int {
	for i := range v.source {
		if &v.source[i] == &part[0] {
			return i
		}
	}
	return len(v.source)
}
