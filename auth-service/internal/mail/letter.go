package mail

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// letter is what a person reads. Both forms are made of the same words: tellings has what a mail of each kind says, and the
// layouts (html.go, text.go) put it into shape.
//
// There is no text/template here: whatever uses it keeps every method of every type in the program, ten megabytes of them.
type letter struct {
	Subject string
	Text    string
	HTML    string
}

// view is what a mail can tell.
type view struct {
	Fields
	Host string // of the site
	When string // Fields.At in words
	Good string // how long the link is good
}

// content is what a mail tells, and what the layouts show.
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

var errKind = errors.New("no words for this kind of mail")

// write makes the letter of a message that is sent from a site at the time.
func write(m Message, l Link, site *url.URL, now time.Time) (letter, error) {
	telling, known := tellings[m.Kind]
	if !known {
		return letter{}, fmt.Errorf("%w: %q", errKind, m.Kind)
	}
	f := shown(m.Fields)
	v := view{Fields: f, Host: site.Host, When: f.At.UTC().Format("2 January 2006, 15:04 UTC"), Good: lasts(l.Expires.Sub(now))}
	c := telling(v).tidied()
	c.Hello, c.Code, c.Site, c.Host = hello(f.Name), l.Code, site.String(), site.Host
	if m.Kind == Verification {
		c.Hello = hello("") // see its words
		c.Code = ""         // its page takes none
	}
	if m.Kind.needsLink() {
		c.Link += "#token=" + url.QueryEscape(l.Token) // the fragment reaches no server, and so no log
	}
	return letter{Subject: c.Subject, Text: c.text(), HTML: c.html()}, nil
}

// tidied is without what is not known.
func (c content) tidied() content {
	for _, paragraphs := range [][]string{c.Before, c.After} {
		for i := range paragraphs {
			paragraphs[i] = oneSpaced(paragraphs[i])
		}
	}
	var facts []fact
	for _, f := range c.Facts {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	c.Facts = facts
	return c
}
