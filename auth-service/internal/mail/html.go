package mail

import (
	_ "embed"
	"fmt"
	"html"
	"strings"
)

// layout has places for what is the same in every mail, and for its body.
//
//go:embed layout.html.tmpl
var layout string

// The parts of a body. Every place takes text that was escaped.
const (
	htmlHello = `<p class="ink" style="margin:0 0 16px;color:#1d1c1a">%s</p>
`
	htmlBefore = `<p class="ink" style="margin:0 0 16px;color:#1d1c1a;overflow-wrap:anywhere">%s</p>
`
	htmlFacts = `<table role="presentation" class="sunken" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 20px;padding:8px 16px;background:#faf9f6;border:1px solid #e3e0d8;border-radius:8px">
`
	htmlFact = `<tr><td class="muted" style="padding:6px 16px 6px 0;color:#5d5a52;width:1%%;white-space:nowrap;vertical-align:top">%s</td><td class="ink" style="padding:6px 0;color:#1d1c1a;overflow-wrap:anywhere">%s</td></tr>
`
	htmlButton = `<p style="margin:0 0 20px"><a class="button" href="%s" style="display:inline-block;padding:11px 22px;background:#1c6b4f;color:#ffffff;border-radius:8px;font-weight:600;text-decoration:none">%s</a></p>
`
	htmlCode = `<p class="muted" style="margin:0 0 6px;color:#5d5a52">or type this code:</p>
<p class="sunken ink" style="margin:0 0 20px;padding:12px 16px;background:#faf9f6;border:1px solid #e3e0d8;border-radius:8px;color:#1d1c1a;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:22px;letter-spacing:2px;text-align:center">%s</p>
`
	htmlAfter = `<p class="muted" style="margin:0 0 12px;color:#5d5a52">%s</p>
`
)

// html is the letter for programs that show it.
func (c content) html() string {
	return strings.NewReplacer( // in one pass: what is put in is not looked at again
		"[[subject]]", html.EscapeString(c.Subject), "[[host]]", html.EscapeString(c.Host),
		"[[site]]", html.EscapeString(c.Site), "[[body]]", c.body(),
	).Replace(layout)
}

func (c content) body() string {
	var b strings.Builder
	put(&b, htmlHello, c.Hello)
	for _, p := range c.Before {
		put(&b, htmlBefore, p)
	}
	if len(c.Facts) > 0 {
		b.WriteString(htmlFacts)
		for _, f := range c.Facts {
			put(&b, htmlFact, f.Label, f.Value)
		}
		b.WriteString("</table>\n")
	}
	if c.Link != "" {
		put(&b, htmlButton, c.Site+c.Link, c.Button)
	}
	if c.Code != "" {
		put(&b, htmlCode, c.Code)
	}
	for _, p := range c.After {
		put(&b, htmlAfter, p)
	}
	return b.String()
}

// put is the only way that anything gets into a body: escaped.
func put(b *strings.Builder, part string, values ...string) {
	escaped := make([]any, len(values))
	for i, v := range values {
		escaped[i] = html.EscapeString(v)
	}
	fmt.Fprintf(b, part, escaped...)
}
