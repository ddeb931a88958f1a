package example_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What the guide shows is what the tests have run.
func TestTheGuideShowsTheExamples(t *testing.T) {
	guide, err := os.ReadFile("../../docs/guard-your-service.md")
	if err != nil {
		t.Fatal(err)
	}
	endings := map[string][]string{"python": {"*/*.py"}, "js": {"*/*.mjs"}, "go": {"go/*.go"}}
	shown := regexp.MustCompile("(?s)```(python|js|go)\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	for _, block := range shown {
		if !slices.ContainsFunc(sources(t, endings[block[1]]...), func(text string) bool { return strings.Contains(text, block[2]) }) {
			t.Errorf("no example has this:\n%s", block[2])
		}
	}
	if len(shown) < 4 {
		t.Errorf("the guide shows %d pieces", len(shown))
	}
}

func sources(t *testing.T, patterns ...string) []string {
	t.Helper()
	var texts []string
	for _, pattern := range patterns {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
	}
	return texts
}
