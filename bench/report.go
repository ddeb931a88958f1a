package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// page is where the results are kept.
const page = "docs/performance.md"

// section is what a part has found out.
type section struct {
	goals []goal
	table table
	notes []string
}

// goal is one row of DESIGN's list of what must be reached.
type goal struct {
	what, want, got string
	reached         bool
}

// atLeast is the goal of a ratio that must not be lower than wanted.
func atLeast(what string, got, wanted float64) goal {
	return goal{what, "≥ " + times(wanted, 1), times(got, 1), got >= wanted}
}

// atMost is the goal of a ratio that must not be higher than wanted.
func atMost(what string, got, wanted float64) goal {
	return goal{what, "≤ " + times(wanted, 1), times(got, 1), got <= wanted}
}

// table is a table of Markdown; the columns behind the first are numbers.
type table struct {
	header []string
	rows   [][]string
}

// publish prints a section and puts it into the page, between the marks of its part.
func (r *run) publish(name string, s section) error {
	text := s.markdown(r.conditions())
	fmt.Println(text)
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	updated, err := replaceBetween(string(old), name, text)
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(updated), 0o644)
}

// replaceBetween puts the text between <!-- name --> and <!-- /name -->.
func replaceBetween(page, name, text string) (string, error) {
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	before, rest, found := strings.Cut(page, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("the page has no marks for %s", name)
	}
	return before + begin + text + end + after, nil
}

func (s section) markdown(conditions string) string {
	var b strings.Builder
	if len(s.goals) > 0 {
		goals := table{header: []string{"goal", "wanted", "measured", "reached"}}
		for _, g := range s.goals {
			reached := "no"
			if g.reached {
				reached = "yes"
			}
			goals.rows = append(goals.rows, []string{g.what, g.want, g.got, reached})
		}
		b.WriteString(goals.markdown() + "\n")
	}
	if len(s.table.rows) > 0 {
		b.WriteString(s.table.markdown() + "\n")
	}
	for _, note := range s.notes {
		b.WriteString("- " + note + "\n")
	}
	b.WriteString("- " + conditions + "\n")
	return b.String()
}

func (t table) markdown() string {
	var b strings.Builder
	b.WriteString("| " + strings.Join(t.header, " | ") + " |\n|---|" + strings.Repeat("--:|", len(t.header)-1) + "\n")
	for _, row := range t.rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return b.String()
}

// Numbers as people read them.

func thousands(n float64) string {
	digits := fmt.Sprintf("%.0f", n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func ms(d time.Duration) string        { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }
func us(d time.Duration) string        { return fmt.Sprintf("%.1f µs", float64(d)/1e3) }
func times(a, b float64) string        { return fmt.Sprintf("%.2f ×", a/b) }
func mib(bytes int64) string           { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
