package mail

import (
	"fmt"
	"strings"
)

// text is the letter for programs that show no HTML.
func (c content) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", c.Hello)
	for _, p := range c.Before {
		fmt.Fprintf(&b, "%s\n\n", wrap(p))
	}
	for _, f := range c.Facts {
		fmt.Fprintf(&b, "  %s: %s\n", f.Label, f.Value)
	}
	if len(c.Facts) > 0 {
		b.WriteByte('\n')
	}
	if c.Link != "" {
		fmt.Fprintf(&b, "%s:\n%s%s\n\n", c.Button, c.Site, c.Link)
	}
	if c.Code != "" {
		fmt.Fprintf(&b, "Code: %s\n\n", c.Code)
	}
	for _, p := range c.After {
		fmt.Fprintf(&b, "%s\n\n", wrap(p))
	}
	fmt.Fprintf(&b, "-- \nGatehouse on %s\nThis mail was written by a program. Nobody reads answers to it.\n", c.Site)
	return b.String()
}
