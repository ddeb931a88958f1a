// Package chart draws bars as SVG.
package chart

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// Bar is one bar and what is said about it.
type Bar struct {
	Label  string
	Value  float64 // not negative
	Text   string  // at the end of the bar
	Strong bool    // drawn in the colour of what the chart is about
}

// The measures of the picture, in pixels.
const (
	width    = 760
	labels   = 250 // room for the labels
	texts    = 210 // room behind the longest bar
	row      = 32
	barSize  = 20
	header   = 44
	baseline = 15 // of a text, below the top of its bar
)

// The picture has no background and follows the reader's colour scheme, so that it fits on any page.
const style = `<style>
text{font:14px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2328}
.title{font-weight:600;font-size:15px}
.label{text-anchor:end}
.bar{fill:#8c959f}
.strong{fill:#0969da}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#6e7681}.strong{fill:#4493f8}}
</style>
`

// SVG draws the bars from top to bottom under a title.
func SVG(title string, bars []Bar) []byte {
	var b strings.Builder
	height := header + row*len(bars)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n",
		width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n%s", escaped(title), style)
	fmt.Fprintf(&b, `<text class="title" x="0" y="20">%s</text>`+"\n", escaped(title))
	longest := 0.0
	for _, bar := range bars {
		longest = max(longest, bar.Value)
	}
	for i, bar := range bars {
		draw(&b, bar, header+row*i, longest)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

func draw(b *strings.Builder, bar Bar, y int, longest float64) {
	length := 0.0
	if longest > 0 {
		length = bar.Value / longest * (width - labels - texts)
	}
	class := "bar"
	if bar.Strong {
		class = "strong"
	}
	fmt.Fprintf(b, `<text class="label" x="%d" y="%d">%s</text>`, labels-10, y+baseline, escaped(bar.Label))
	fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="3"/>`, class, labels, y, length, barSize)
	fmt.Fprintf(b, `<text x="%.1f" y="%d">%s</text>`+"\n", labels+length+8, y+baseline, escaped(bar.Text))
}

func escaped(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // a strings.Builder does not fail
	return b.String()
}
