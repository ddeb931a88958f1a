// Package env reads the configuration of a service from the environment, once, at start.
//
// A variable NAME may come as NAME_FILE instead: the path of a file that holds the value, which is how secrets arrive. Who
// reads the file again when it changes has a field for NAME_FILE too, and finds the path there. An empty variable counts
// as unset. All mistakes are reported together, and no value of a Secret is ever printed.
package env

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"reflect"
	"strings"

	"github.com/caarlos0/env/v11"
)

// ExitCode is what a program ends with when its configuration has mistakes.
const ExitCode = 2

// Secret is a value that must not be printed. Its String, its JSON and its log value are a placeholder.
type Secret string

const hidden = "[secret]"

// String hides the value.
func (Secret) String() string { return hidden }

// Format hides the value from every verb of fmt, %#v and mistaken ones such as %d too.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }

// LogValue hides the value from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the value from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Reveal is the value itself.
func (s Secret) Reveal() string { return string(s) }

// AtLeast is the mistake of a secret that has fewer bytes. None at all is no mistake here: the tag may say required.
func (s Secret) AtLeast(bytes int) error {
	if n := len(s); n > 0 && n < bytes {
		return fmt.Errorf("%d bytes are too few; %d at least", n, bytes)
	}
	return nil
}

// Load fills a struct of fields tagged `env:"NAME"` (caarlos0/env) from the process's environment. Where the struct has
// a method Check() error, that is asked last.
func Load(config any) error { return LoadFrom(config, os.Environ()) }

// LoadFrom is Load for the given NAME=value pairs.
func LoadFrom(config any, environ []string) error {
	vars := variables(environ)
	params, err := env.GetFieldParams(config)
	if err != nil {
		return err
	}
	var mistakes []error
	for _, p := range params {
		mistakes = append(mistakes, readFile(vars, p.Key))
	}
	mistakes = append(mistakes, parse(config, vars))
	if c, ok := config.(interface{ Check() error }); ok {
		mistakes = append(mistakes, c.Check())
	}
	return errors.Join(mistakes...)
}

func variables(environ []string) map[string]string {
	vars := make(map[string]string, len(environ))
	for _, pair := range environ {
		if name, value, _ := strings.Cut(pair, "="); value != "" {
			vars[name] = value
		}
	}
	return vars
}

// readFile puts the content of the file that NAME_FILE names in the place of NAME.
func readFile(vars map[string]string, name string) error {
	path, ok := vars[name+"_FILE"]
	if !ok {
		return nil
	}
	if _, both := vars[name]; both {
		return fmt.Errorf("%s and %s_FILE are both set: choose one", name, name)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Mistake(name+"_FILE", err)
	}
	if value := strings.TrimRight(string(data), "\r\n"); value != "" {
		vars[name] = value
		return nil
	}
	return fmt.Errorf("%s_FILE: %s is empty", name, path)
}

func parse(config any, vars map[string]string) error {
	err := env.ParseWithOptions(config, env.Options{Environment: vars, FuncMap: map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[slog.Level](): parseLevel,
		reflect.TypeFor[url.URL]():    parseURL, // of *url.URL too: the library looks at what a pointer points to
	}})
	var all env.AggregateError
	if !errors.As(err, &all) {
		return err
	}
	mistakes := make([]error, len(all.Errors))
	for i, mistake := range all.Errors {
		mistakes[i] = named(config, mistake)
	}
	return errors.Join(mistakes...)
}

// named tells a person the variable, where the library names the field of the struct.
func named(config any, mistake error) error {
	switch m := mistake.(type) {
	case env.VarIsNotSetError:
		return Mistake(m.Key, errors.New("must be set"))
	case env.ParseError:
		field, _ := reflect.TypeOf(config).Elem().FieldByName(m.Name)
		name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
		return Mistake(name, m.Err)
	}
	return mistake
}

// Mistake says which variable an error is about, and each of several that are joined; nil stays nil.
func Mistake(name string, err error) error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, each := range joined.Unwrap() {
			all = append(all, Mistake(name, each))
		}
		return errors.Join(all...)
	}
	return fmt.Errorf("%s: %w", name, err)
}

func parseLevel(value string) (any, error) {
	var level slog.Level
	err := level.UnmarshalText([]byte(value))
	return level, err
}

// parseURL takes absolute URLs alone. The value is not in the error: a URL may hold a password.
func parseURL(value string) (any, error) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || u.Hostname() == "" {
		return nil, errors.New("not a URL with a scheme and a host")
	}
	return *u, nil
}

// Report writes every mistake on a line of its own.
func Report(w io.Writer, service string, err error) {
	fmt.Fprintf(w, "%s: the configuration has mistakes:\n", service)
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(w, "  - %s\n", line)
	}
}
