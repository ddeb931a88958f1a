package mail

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxShown is how many characters of anything that somebody has typed are shown.
const maxShown = 100

// shown gives the fields as a letter shows them: each on one line, and not without end.
func shown(f Fields) Fields {
	for _, s := range []*string{&f.Name, &f.UID, &f.Email, &f.Role, &f.Device, &f.Address} {
		*s = oneLine(*s)
	}
	return f
}

func oneLine(s string) string {
	s = oneSpaced(strings.Map(visible, s))
	if runes := []rune(s); len(runes) > maxShown {
		s = string(runes[:maxShown]) + "…"
	}
	return s
}

// visible makes a space of what breaks lines, and drops what is invisible or turns the text around it.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r) || unicode.In(r, unicode.Zl, unicode.Zp):
		return ' '
	case r == '\u200c' || r == '\u200d': // several scripts, and emoji, are written with the joiners
		return r
	case r == utf8.RuneError || unicode.In(r, unicode.C):
		return -1
	}
	return r
}

// linkLike is what mail programs make links of.
var linkLike = regexp.MustCompile(`[/@]|\.\pL|:\pL`)

// hello greets by name. A name that would become a link is left out: a stranger may have signed up with it, and with the
// address of somebody who is to be lured.
func hello(name string) string {
	if name == "" || linkLike.MatchString(name) {
		return "Hello,"
	}
	return "Hello " + name + ","
}

// lasts says a time to live in words.
func lasts(d time.Duration) string {
	switch d = d.Round(time.Minute); {
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}

// oneSpaced is a paragraph on one line.
func oneSpaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// width is the longest line of a text, in characters, for readers that do not break lines (RFC 3676 §4.2).
const width = 72

// wrap breaks a paragraph into lines.
func wrap(paragraph string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(paragraph) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}
