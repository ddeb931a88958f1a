package mail

import (
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	site = &url.URL{Scheme: "https", Host: "gate.example"}
	noon = time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	full = Fields{
		Subject: "7", Name: "Ada Lovelace", UID: "ada", Email: "ada@new.example", Role: "Teacher",
		Device: "Firefox on Linux", Address: "2001:db8::7", At: noon.In(time.FixedZone("elsewhere", 3600)),
	}
)

// letters are one of each kind, and of those that have two forms both.
func letters(t *testing.T, f Fields) map[string]letter {
	t.Helper()
	written := make(map[string]letter)
	put := func(name string, m Message, l Link) {
		letter, err := write(m, l, site, noon)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		written[name] = letter
	}
	for kind := range tellings {
		link := Link{Token: "1f.token-of-the-link", Expires: noon.Add(15 * time.Minute)}
		switch kind {
		case Reset:
			link.Code = "7QK2-M9XD"
		case Invitation:
			link.Expires = noon.Add(72 * time.Hour)
		}
		put(string(kind), Message{Kind: kind, Fields: f}, link)
	}
	f.Pending = true
	put("email-changed-pending", Message{Kind: EmailChanged, Fields: f}, Link{})
	return written
}

// The words of each mail, as a person reads them. After a change of them: go test -run Golden -update
func TestGoldenLetters(t *testing.T) {
	for name, letter := range letters(t, full) {
		golden(t, name+".txt", "Subject: "+letter.Subject+"\n\n"+letter.Text)
		golden(t, name+".html", letter.HTML)
	}
	if files, err := filepath.Glob("testdata/*"); err != nil || len(files) != 2*(len(tellings)+1) {
		t.Errorf("%d golden files, %v; want two for each of %d letters", len(files), err, len(tellings)+1)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s is not as it was (%v):\n%s", path, err, got)
	}
}

func TestOtherKindsHaveNoLetter(t *testing.T) {
	for _, kind := range []Kind{"", "no-such-kind", "layout.txt", "*", "../templates/reset"} {
		if letter, err := write(Message{Kind: kind, Fields: full}, Link{}, site, noon); err == nil {
			t.Errorf("of the kind %q there is a letter: %+v", kind, letter)
		}
	}
}

// Nothing is loaded from elsewhere, and every link leads to the site.
func TestLettersLoadNothing(t *testing.T) {
	loads := regexp.MustCompile(`(?i)\bsrc=|\burl\(|@import|<link|<img|<script|<iframe|background=`)
	for name, letter := range letters(t, full) {
		if found := loads.FindString(letter.HTML); found != "" {
			t.Errorf("%s loads something: %s", name, found)
		}
		for _, form := range []string{letter.Text, letter.HTML} {
			for _, link := range regexp.MustCompile(`https?:[^\s"<]*`).FindAllString(form, -1) {
				if u, err := url.Parse(link); err != nil || u.Host != site.Host {
					t.Errorf("%s leads to %s", name, link)
				}
			}
		}
	}
}

func TestTextsAreNarrow(t *testing.T) {
	for name, letter := range letters(t, full) {
		for line := range strings.Lines(letter.Text) {
			if utf8.RuneCountInString(line) > width+1 && !strings.HasPrefix(line, site.String()) {
				t.Errorf("%s: %q is too wide", name, line)
			}
		}
	}
}

// What people type stays text, on its line.
func TestFieldsAreEscaped(t *testing.T) {
	hostile := "<b>&\"'\r\nX-Evil: 1\u2028\u202e\x00\xff{{.}}"
	plain := full
	plain.Name, plain.UID, plain.Email, plain.Role, plain.Device, plain.Address = "1", "2", "3", "4", "5", "6"
	nasty := full
	for _, s := range []*string{&nasty.Name, &nasty.UID, &nasty.Email, &nasty.Role, &nasty.Device, &nasty.Address} {
		*s = hostile
	}
	tags := regexp.MustCompile(`<[^>]*>`)
	want := letters(t, plain)
	for name, letter := range letters(t, nasty) {
		if letter.Subject != want[name].Subject {
			t.Errorf("%s: the subject is %q", name, letter.Subject)
		}
		if strings.ContainsAny(letter.Text+letter.HTML, "\r\x00\u2028\u202e\ufffd") || !utf8.ValidString(letter.Text+letter.HTML) {
			t.Errorf("%s has what cannot be shown", name)
		}
		if got := tags.FindAllString(letter.HTML, -1); strings.Join(got, "") != strings.Join(tags.FindAllString(want[name].HTML, -1), "") {
			t.Errorf("%s has other tags:\n%s", name, letter.HTML)
		}
		if strings.Contains(letter.Text, "\nX-Evil") {
			t.Errorf("%s has a line of the stranger's own:\n%s", name, letter.Text)
		}
	}
}

// Who signs up with somebody else's address cannot write to them through us.
func TestAVerificationTellsNothingThatAStrangerTyped(t *testing.T) {
	f := Fields{Name: "Name Typed", UID: "uid-typed", Email: "typed@evil.example", Role: "Typed", Device: "Typed", Address: "Typed"}
	letter, err := write(Message{Kind: Verification, Fields: f}, Link{Token: "T"}, site, noon)
	if err != nil || strings.Contains(strings.ToLower(letter.Text+letter.HTML), "typed") {
		t.Errorf("%v\n%s", err, letter.Text)
	}
}
