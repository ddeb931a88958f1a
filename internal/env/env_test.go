package env_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/env"
)

type settings struct {
	Port     int           `env:"PORT"     envDefault:"8087"`
	TTL      time.Duration `env:"TTL"      envDefault:"1h"`
	Level    slog.Level    `env:"LEVEL"    envDefault:"info"`
	Page     *url.URL      `env:"PAGE"     envDefault:"http://localhost:8087"`
	Origins  []*url.URL    `env:"ORIGINS"`
	Key      env.Secret    `env:"KEY,required"`
	Password env.Secret    `env:"PASSWORD"`
}

const secret = "hunter2-hunter2"

func secretFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultsAndValues(t *testing.T) {
	var s settings
	err := env.LoadFrom(&s, []string{"KEY=k=v", "TTL=90s", "LEVEL=warn", "ORIGINS=http://a:1,https://b.example", "PORT=", "NOISE", "OTHER=x"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Port != 8087 || s.TTL != 90*time.Second || s.Level != slog.LevelWarn || s.Page.Host != "localhost:8087" {
		t.Errorf("read as %+v", s)
	}
	if s.Key.Reveal() != "k=v" {
		t.Errorf("the value after the first = is %q", s.Key.Reveal())
	}
	if len(s.Origins) != 2 || s.Origins[0].String() != "http://a:1" || s.Origins[1].String() != "https://b.example" {
		t.Errorf("origins are %v", s.Origins)
	}
}

func TestSecretComesFromAFile(t *testing.T) {
	for content, want := range map[string]string{
		secret:                     secret,
		secret + "\n":              secret,
		secret + "\r\n":            secret,
		" " + secret + " \n":       " " + secret + " ", // spaces may be part of a password
		"line one\nline two\n\n\n": "line one\nline two",
	} {
		var s settings
		if err := env.LoadFrom(&s, []string{"KEY_FILE=" + secretFile(t, content)}); err != nil || s.Key.Reveal() != want {
			t.Errorf("file %q: %q, %v; want %q", content, s.Key.Reveal(), err, want)
		}
	}
}

func TestThePathOfAFileIsToBeHad(t *testing.T) {
	var s struct {
		Key  env.Secret `env:"KEY,required"`
		Path string     `env:"KEY_FILE"`
	}
	path := secretFile(t, secret)
	if err := env.LoadFrom(&s, []string{"KEY_FILE=" + path}); err != nil || s.Key.Reveal() != secret || s.Path != path {
		t.Errorf("the value of %q, %v; want that of %s", s.Path, err, path)
	}
	if err := env.LoadFrom(&s, []string{"KEY=" + secret}); err != nil || s.Key.Reveal() != secret {
		t.Errorf("without a file: %v", err)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	empty, full := secretFile(t, "\n"), secretFile(t, secret)
	for name, c := range map[string]struct {
		environ []string
		want    []string
	}{
		"required and missing": {nil, []string{"KEY: must be set"}},
		"required and empty":   {[]string{"KEY="}, []string{"KEY: must be set"}},
		"both forms":           {[]string{"KEY=" + secret, "KEY_FILE=" + full}, []string{"KEY and KEY_FILE are both set"}},
		"an empty file":        {[]string{"KEY_FILE=" + empty}, []string{"KEY_FILE: " + empty + " is empty"}},
		"no such file":         {[]string{"KEY_FILE=/no/such"}, []string{"KEY_FILE: ", "no such file"}},
		"a folder":             {[]string{"KEY_FILE=" + t.TempDir()}, []string{"KEY_FILE: ", "is a directory"}},
		"no number":            {[]string{"KEY=k", "PORT=many"}, []string{"PORT: "}},
		"no duration":          {[]string{"KEY=k", "TTL=5"}, []string{"TTL: "}},
		"no level":             {[]string{"KEY=k", "LEVEL=loud"}, []string{"LEVEL: "}},
		"no URL":               {[]string{"KEY=k", "PAGE=localhost:8087"}, []string{"PAGE: not a URL with a scheme and a host"}},
		"a relative URL":       {[]string{"KEY=k", "PAGE=/page"}, []string{"PAGE: "}},
		"a URL without a host": {[]string{"KEY=k", "PAGE=http://:8087"}, []string{"PAGE: "}},
		"a bad URL in a list":  {[]string{"KEY=k", "ORIGINS=http://a,b"}, []string{"ORIGINS: not a URL"}},
		"all of them together": {
			[]string{"PASSWORD=" + secret, "PASSWORD_FILE=" + full, "PORT=many", "PAGE=x", "ORIGINS=*"},
			[]string{"KEY: must be set", "PASSWORD and PASSWORD_FILE", "PORT: ", "PAGE: ", "ORIGINS: "},
		},
	} {
		var s settings
		err := env.LoadFrom(&s, c.environ)
		if err == nil {
			t.Errorf("%s: no mistake found", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not name %q", name, err, want)
			}
		}
		if strings.Contains(err.Error(), "field") {
			t.Errorf("%s: %q speaks of the program, not of the variable", name, err)
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %q shows a secret", name, err)
		}
	}
}

// A URL may hold a password, so that a mistake in it must not be shown either.
func TestAMistakenURLIsNotShown(t *testing.T) {
	for _, value := range []string{"http://u:" + secret + "@host:port", "//u:" + secret + "@h", "http://%zz" + secret} {
		var s settings
		if err := env.LoadFrom(&s, []string{"KEY=k", "PAGE=" + value}); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestReportHasALinePerMistake(t *testing.T) {
	var s settings
	var out bytes.Buffer
	env.Report(&out, "auth-service", env.LoadFrom(&s, []string{"PORT=many", "PAGE=x"}))
	if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); len(lines) != 4 || lines[0] != "auth-service: the configuration has mistakes:" {
		t.Errorf("the report is\n%s", out.String())
	}
	if strings.Count(out.String(), "\n  - ") != 3 {
		t.Errorf("not one line for each of 3 mistakes:\n%s", out.String())
	}
}

type checked struct {
	A string `env:"A"`
}

var errChecked = errors.New("these two do not go together")

func (*checked) Check() error { return errChecked }

func TestCheckIsAskedLast(t *testing.T) {
	if err := env.LoadFrom(new(checked), nil); !errors.Is(err, errChecked) {
		t.Errorf("%v; want what Check says", err)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	config := settings{Key: secret, Password: secret}
	var text, structured bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("start", "key", config.Key, "config", config)
	slog.New(slog.NewJSONHandler(&structured, nil)).Info("start", "key", config.Key, "config", config)
	asJSON, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	printed := map[string]string{"slog text": text.String(), "slog JSON": structured.String(), "JSON": string(asJSON)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		printed[verb] = fmt.Sprintf(verb, config.Key)
		printed[verb+" of a struct"] = fmt.Sprintf(verb, config)
		printed[verb+" of a pointer"] = fmt.Sprintf(verb, &config)
		printed[verb+" of a list"] = fmt.Sprintf(verb, []env.Secret{secret})
	}
	for how, text := range printed {
		if strings.Contains(text, secret) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", secret)) {
			t.Errorf("%s shows the secret: %s", how, text)
		}
	}
	if config.Key.Reveal() != secret {
		t.Error("Reveal does not reveal")
	}
}

func TestEachMistakeHasItsVariable(t *testing.T) {
	err := env.Mistake("KEY", errors.Join(errors.New("too short"), errors.New("too simple")))
	if err == nil || err.Error() != "KEY: too short\nKEY: too simple" {
		t.Errorf("%v", err)
	}
	if err := env.Mistake("KEY", nil); err != nil {
		t.Errorf("no mistake is %v", err)
	}
}

func TestShortSecrets(t *testing.T) {
	for value, want := range map[env.Secret]string{"": "", "12345678": "", "1234567": "KEY: 7 bytes are too few; 8 at least"} {
		got := ""
		if err := env.Mistake("KEY", value.AtLeast(8)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%d bytes: %q; want %q", len(value), got, want)
		}
	}
}
