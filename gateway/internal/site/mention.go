package site

import (
	"bytes"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
	"github.com/tdewolff/parse/v2/html"
)

// mention is a text in a file that may be the address of another.
type mention struct {
	start int
	text  string
}

// inputOf is a copy: a lexer may write into what it reads.
func inputOf(body []byte) *parse.Input { return parse.NewInputBytes(bytes.Clone(body)) }

// inPage finds what a page loads: src of any element, href of link. Links that people follow are not among them.
func inPage(body []byte) []mention {
	input := inputOf(body)
	lexer := html.NewLexer(input)
	var found []mention
	for tag := ""; ; {
		switch kind, _ := lexer.Next(); kind {
		case html.ErrorToken:
			return found
		case html.StartTagToken:
			tag = string(lexer.Text())
		case html.AttributeToken:
			key := strings.ToLower(string(lexer.AttrKey()))
			if key == "src" || key == "href" && tag == "link" {
				value := lexer.AttrVal()
				found = append(found, unquoted(input.Offset()-len(value), value))
			}
		}
	}
}

// inStyle finds url(...) and @import "...".
func inStyle(body []byte) []mention {
	input := inputOf(body)
	lexer := css.NewLexer(input)
	var found []mention
	for importing := false; ; {
		kind, text := lexer.Next()
		start := input.Offset() - len(text)
		switch kind {
		case css.ErrorToken:
			return found
		case css.URLToken:
			open, end := bytes.IndexByte(text, '(')+1, len(bytes.TrimSuffix(text, []byte(")")))
			inner := bytes.TrimLeft(text[open:end], " \t\r\n\f")
			found = append(found, unquoted(start+end-len(inner), bytes.TrimRight(inner, " \t\r\n\f")))
		case css.StringToken:
			if importing {
				found = append(found, unquoted(start, text))
			}
		}
		if kind != css.WhitespaceToken && kind != css.CommentToken {
			importing = kind == css.AtKeywordToken && strings.EqualFold(string(text), "@import")
		}
	}
}

// unquoted is the mention of a text that begins at start, and may be in quotes.
func unquoted(start int, text []byte) mention {
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return mention{start + 1, string(text[1 : n-1])}
	}
	return mention{start, string(text)}
}
