package mail

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"strings"
	"text/template"
	"time"
)

// letter is what a person reads. Both forms are made of the same words: the template of the kind is plain text, and the
// layouts put it into shape. The HTML layout escapes all of it.
type letter struct {
	Subject string
	Text    string
	HTML    string
}

//go:embed templates
var templates embed.FS

var (
	textLayout = template.Must(template.New("layout.txt.tmpl").Funcs(template.FuncMap{"wrap": wrap}).
			ParseFS(templates, "templates/layout.txt.tmpl"))
	htmlLayout = htmltemplate.Must(htmltemplate.ParseFS(templates, "templates/layout.html.tmpl"))
	tellings   = parse(Reset, Invitation, Verification, PasswordChanged, PasswordReset, EmailChanged, RoleChanged,
		AccountDisabled, AccountDeleted, NewDevice, RefreshReused)
)

// parse reads the template of each kind.
func parse(kinds ...Kind) map[Kind]*template.Template {
	parsed := make(map[Kind]*template.Template, len(kinds))
	for _, kind := range kinds {
		parsed[kind] = template.Must(template.ParseFS(templates, "templates/"+string(kind)+".tmpl"))
	}
	return parsed
}

// view is what the template of a kind can tell.
type view struct {
	Fields
	Host string // of the site
	When string // Fields.At in words
	Good string // how long the link is good
}

// content is what a template has told, and what the layouts show.
type content struct {
	Subject string
	Hello   string
	Before  []string // paragraphs
	Facts   []fact
	Button  string
	Link    string // within the site; empty: no button
	Code    string
	After   []string // paragraphs
	Site    string
	Host    string
}

type fact struct{ Label, Value string }

var errKind = errors.New("no template for this kind of mail")

// write makes the letter of a message that is sent from a site at the time.
func write(m Message, l Link, site *url.URL, now time.Time) (letter, error) {
	telling, known := tellings[m.Kind]
	if !known {
		return letter{}, fmt.Errorf("%w: %q", errKind, m.Kind)
	}
	f := shown(m.Fields)
	v := view{Fields: f, Host: site.Host, When: f.At.UTC().Format("2 January 2006, 15:04 UTC"), Good: lasts(l.Expires.Sub(now))}
	c, err := tell(telling, v)
	if err != nil {
		return letter{}, err
	}
	c.Hello, c.Code, c.Site, c.Host = hello(f.Name), l.Code, site.String(), site.Host
	if m.Kind == Verification {
		c.Hello = hello("") // see the template
	}
	if m.Kind == Verification {
		c.Code = "" // its page takes none
	}
	if m.Kind.needsLink() {
		c.Link += "#token=" + url.QueryEscape(l.Token) // the fragment reaches no server, and so no log
	}
	return c.letter()
}

// tell runs the blocks of a template.
func tell(telling *template.Template, v view) (content, error) {
	blocks := map[string]string{"subject": "", "before": "", "facts": "", "button": "", "page": "", "after": ""}
	for name := range blocks {
		var b strings.Builder
		if err := telling.ExecuteTemplate(&b, name, v); err != nil {
			return content{}, err
		}
		blocks[name] = strings.TrimSpace(b.String())
	}
	c := content{
		Subject: blocks["subject"], Before: paragraphs(blocks["before"]), After: paragraphs(blocks["after"]),
		Button: blocks["button"], Link: blocks["page"],
	}
	for line := range strings.Lines(blocks["facts"]) {
		if label, value, found := strings.Cut(strings.TrimSpace(line), ": "); found { // else it is not known
			c.Facts = append(c.Facts, fact{label, value})
		}
	}
	return c, nil
}

func (c content) letter() (letter, error) {
	var text, html strings.Builder
	err := errors.Join(textLayout.Execute(&text, c), htmlLayout.Execute(&html, c))
	return letter{Subject: c.Subject, Text: text.String(), HTML: html.String()}, err
}
