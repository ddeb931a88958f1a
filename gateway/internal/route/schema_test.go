package route

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

const schemaFile = "../../../docs/routes.schema.json"

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// validate says what an editor would of the file.
func validate(s *jsonschema.Schema, file []byte) error {
	var value any
	if err := yaml.Unmarshal(file, &value); err != nil {
		return err
	}
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if value, err = jsonschema.UnmarshalJSON(strings.NewReader(string(data))); err != nil {
		return err
	}
	return s.Validate(value)
}

func TestTheSchemaHasTheKeysOfTheLoader(t *testing.T) {
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Definitions struct {
			Route struct {
				Required   []string
				Properties map[string]struct {
					Description string
					Enum        []string
					Items       struct{ Enum []string }
				}
			}
		}
	}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	r := s.Definitions.Route
	if got, want := slices.Sorted(maps.Keys(r.Properties)), slices.Sorted(maps.Keys(readers)); !slices.Equal(got, want) {
		t.Errorf("the schema has %v; the loader %v", got, want)
	}
	for key, property := range r.Properties {
		if property.Description == "" {
			t.Errorf("%s has no description", key)
		}
	}
	if !slices.Equal(r.Required, required) {
		t.Errorf("the schema requires %v; the loader %v", r.Required, required)
	}
	if got := r.Properties["forward"].Enum; !slices.Equal(got, forwards) {
		t.Errorf("forward: the schema has %v; the loader %v", got, forwards)
	}
	if got := r.Properties["methods"].Items.Enum; !slices.Equal(got, Methods) {
		t.Errorf("methods: the schema has %v; the loader %v", got, Methods)
	}
}

func TestTheBuiltInTableFitsTheSchemaThatItNames(t *testing.T) {
	data, err := os.ReadFile("../../routes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(schema(t), data); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(string(data), "# yaml-language-server: $schema=../docs/routes.schema.json\n") {
		t.Error("an editor does not find the schema")
	}
}

// values are what a key of a route may be given; the first is good.
var values = map[string][]string{
	"path":         {"/a/", "/a", "/", "/%C3%A9/x", "/a/../b", "/.", "//", "/a//b", "a", "/a?b", "/%41", "/%2F", `"/a b"`, "/é", "/a;b", `""`, "5", "[/a]", "~", "/.well-known/x", "/a..b/"},
	"strip_prefix": {"true", "false", "yes", "1", `"true"`, "~", "[true]"},
	"methods":      {"[GET]", "[GET, POST]", "[GET, GET]", "[get]", "[]", "GET", "[GET, 5]", "[TRACE]", "[~]"},
	"upstream":     {"http://a:80", "https://a.b-c:443", "http://[::1]:80", "http://a", "http://a:80/", "ftp://a:1", "http://u@a:80", "http://:80", "a:80", "http://a:80?x", "http://a:99999", "http://a:0", "~"},
	"access":       {"session", "public", "[Admin]", "[Admin, Teacher]", "[]", "[Admin, Admin]", "everyone", "[5]", `[""]`, "[[Admin]]", "~", "{a: b}"},
	"forward":      {"assertion", "identity", "token", "none", "all", "~", "[token]"},
	"audience":     {"reports", "http://a:80", "gatehouse", `""`, `"a b"`, "5", "é", "~", strings.Repeat("a", 201)},
	"timeout":      {"10s", "1m30s", "+2s", ".5s", "2m", "3m", "0s", "-1s", "10", `"10"`, "1 s", "~", "1d"},
	"body_limit":   {"64KiB", "64MiB", "1024GiB", "1025GiB", "2000000MiB", "0KiB", "64KB", "64", "-1KiB", "1.5MiB", "~", "1GiB"},
	"throttle":     {"20/1m", "1000/1s", "1001/1s", "1/25h", "0/1m", "20", "20/", "/1m", "20/1m/1m", "1.5/1m", "~", "[20, 1m]"},
	"health":       {"/readyz", "/a/../b", "readyz", "/a?b", "5", "~", "[/a]"},
	"websocket":    {"true", "false", "yes", `"true"`, "1", "~", "[true]"},
	"acess":        {"public"},
}

// beyond are the mistakes that no schema can name.
var beyond = regexp.MustCompile(`of at most|is not a canonical path|is empty or given twice|has another entry|no such port`)

// judge asks both of a file and tells whether it is good.
func judge(t interface{ Errorf(string, ...any) }, s *jsonschema.Schema, file string) bool {
	_, refused := Load([]byte(file))
	err := validate(s, []byte(file))
	switch {
	case refused == nil && err != nil:
		t.Errorf("the schema refuses what the loader takes: %v\n%s", err, file)
	case refused != nil && err == nil && strings.Count(refused.Error(), "\n")+1 > len(beyond.FindAllString(refused.Error(), -1)):
		t.Errorf("the schema takes what the loader refuses: %v\n%s", refused, file)
	}
	return refused == nil
}

// entry writes a route of the keys that it is given.
func entry(of map[string]string) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(of)) {
		text.WriteString(" " + key + ": " + of[key] + "\n   ")
	}
	return "  -" + text.String() + "\n"
}

func TestTheSchemaAndTheLoaderAgreeOnEachValue(t *testing.T) {
	s := schema(t)
	for key, each := range values {
		for _, value := range each {
			of := map[string]string{"path": "/a/", "methods": "[GET]", "upstream": "http://a:80", "access": "session"}
			if of[key] = value; key == "audience" {
				of["forward"] = "assertion"
			}
			if good := judge(t, s, "routes:\n"+entry(of)); value == each[0] && good == (key == "acess") {
				t.Errorf("%s: %s: good is %t", key, value, good)
			}
		}
	}
	for _, file := range []string{"routes: []", "routes: 5", "{}", "[]", "routes: [5]", "routes: [{}]\nmore: 1", "routes:"} {
		if judge(t, s, file) {
			t.Errorf("%s is good", file)
		}
	}
}

func TestTheSchemaAndTheLoaderAgreeOnWholeFiles(t *testing.T) {
	s, keys, good := schema(t), slices.Sorted(maps.Keys(values)), 0
	rapid.Check(t, func(t *rapid.T) {
		of := make(map[string]string)
		for _, key := range keys {
			rare := key == "acess" && rapid.IntRange(0, 30).Draw(t, "misspelled") > 0
			if rare || !slices.Contains(required, key) && rapid.Bool().Draw(t, "no "+key) {
				continue
			}
			mostlyGood := append(slices.Repeat(values[key][:1], 8*len(values[key])), values[key]...)
			of[key] = rapid.SampledFrom(mostlyGood).Draw(t, key)
		}
		if judge(t, s, "routes:\n  - {path: /z, methods: [GET], upstream: 'http://z:1', access: public}\n"+entry(of)) {
			good++
		}
	})
	if good < 5 {
		t.Errorf("only %d files were good", good)
	}
}
