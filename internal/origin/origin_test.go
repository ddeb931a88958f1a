package origin_test

import (
	"net/url"
	"strings"
	"testing"

	"gatehouse/internal/origin"
)

func TestOriginsAreWrittenAsBrowsersDo(t *testing.T) {
	for given, want := range map[string]string{
		"http://localhost:4100":         "http://localhost:4100",
		" https://Class.GitHub.io:443 ": "https://class.github.io",
		"http://a.example:80":           "http://a.example",
		"https://a.example:80":          "https://a.example:80",
		"http://[::1]:8087":             "http://[::1]:8087",
	} {
		if got, err := origin.Parse(given); err != nil || got.String() != want {
			t.Errorf("%q: %v, %v; want %s", given, got, err, want)
		}
	}
}

func TestEveryOriginThatIsNoneIsNamed(t *testing.T) {
	bad := []string{
		"", "*", "null", "a.example", "//a.example", "http://", "http://:80", "http://*.example", "ftp://a.example", "http://a/", "http://a?q",
		"http://u:p@a", "http://a#f",
	}
	good, err := origin.ParseList(append([]string{"http://ok.example"}, bad...))
	if len(good) != 1 || err == nil {
		t.Fatalf("%v, %v", good, err)
	}
	mistakes := strings.Split(err.Error(), "\n")
	if len(mistakes) != len(bad) {
		t.Fatalf("%d mistakes, want %d:\n%v", len(mistakes), len(bad), err)
	}
	for i, mistake := range mistakes {
		if !strings.HasPrefix(mistake, `"`+bad[i]+`" is not `) {
			t.Errorf("%q: %s", bad[i], mistake)
		}
	}
}

func TestTheOriginOfASite(t *testing.T) {
	site := func(raw string) *url.URL {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	if got, err := origin.Of(site("https://Gate.Example:443/")); err != nil || got.String() != "https://gate.example" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := origin.Of(site("https://gate.example/path")); err == nil {
		t.Errorf("a page has the origin %v", got)
	}
	if got, err := origin.Of(nil); got != nil || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}
