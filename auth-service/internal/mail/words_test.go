package mail

import (
	"strings"
	"testing"
	"time"
)

func TestGreeting(t *testing.T) {
	for name, want := range map[string]string{
		"":                      "Hello,",
		"Ada Lovelace":          "Hello Ada Lovelace,",
		"Dr. Ada":               "Hello Dr. Ada,",
		"Zoë 👩\u200d🔬":          "Hello Zoë 👩\u200d🔬,",
		"win at evil.example":   "Hello,",
		"https://evil.example":  "Hello,",
		"evil/x":                "Hello,",
		"mail me@evil":          "Hello,",
		"javascript:alert":      "Hello,",
		"see you at 8. evil!":   "Hello see you at 8. evil!,",
		"a\u00adb\u202ec\td\ne": "Hello abc d e,",
	} {
		if got := hello(oneLine(name)); got != want {
			t.Errorf("%q is greeted with %q; want %q", name, got, want)
		}
	}
}

func TestOneLineHasAnEnd(t *testing.T) {
	if got := oneLine(strings.Repeat("ä ", 500)); got != strings.Repeat("ä ", maxShown/2)+"…" {
		t.Errorf("it is %q", got)
	}
}

func TestLasts(t *testing.T) {
	for d, want := range map[time.Duration]string{
		15*time.Minute - 2*time.Second: "15 minutes",
		time.Hour:                      "60 minutes",
		2 * time.Hour:                  "2 hours",
		24 * time.Hour:                 "24 hours",
		72*time.Hour - time.Second:     "3 days",
	} {
		if got := lasts(d); got != want {
			t.Errorf("%v lasts %q; want %q", d, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	long := strings.Repeat("x", width+1)
	for text, want := range map[string]string{
		"":                                  "",
		" a  b\n":                           "a b",
		strings.Repeat("ä", width-2) + " b": strings.Repeat("ä", width-2) + " b",
		strings.Repeat("ä", width-1) + " b": strings.Repeat("ä", width-1) + "\nb",
		"a " + long + " b":                  "a\n" + long + "\nb",
	} {
		if got := wrap(text); got != want {
			t.Errorf("%q becomes %q; want %q", text, got, want)
		}
	}
}
