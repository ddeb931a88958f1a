package httpserver_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/httpserver"
)

const asJSON = "Content-Type: application/json"

// reader is an app that reads a body into a target with values, and answers what is in it then.
func reader(app *fiber.App) {
	app.Post("/object", func(c *fiber.Ctx) error {
		target := struct {
			Name string `json:"name"`
			Age  int    `json:"age"`
			In   struct {
				Deep bool `json:"deep"`
			} `json:"in"`
		}{Name: "before", Age: 7}
		if err := httpserver.ReadJSON(c, &target); err != nil {
			return err
		}
		return c.JSON(target)
	})
	app.Post("/details", func(c *fiber.Ctx) error { return httpserver.ReadDetails(c, new(any)) })
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestReadJSON(t *testing.T) {
	s := serve(t, httpserver.Options{}, reader)
	const wrongType = "The request body must be JSON (Content-Type: application/json)."
	for name, c := range map[string]struct {
		body    string
		headers []string
		status  int
		want    string // in the body of the answer
	}{
		"all members":              {`{"name":"a","age":3}`, []string{asJSON}, 200, `{"name":"a","age":3,`},
		"with a charset":           {`{"age":3}`, []string{asJSON + "; charset=utf-8"}, 200, `{"name":"before","age":3,`},
		"in another case":          {`{"age":3}`, []string{"content-type: Application/JSON"}, 200, `"age":3`},
		"a member of no meaning":   {`{"colour":"red"}`, []string{asJSON}, 200, `{"name":"before","age":7,`},
		"an empty body":            {"", nil, 200, `{"name":"before","age":7,`},
		"null":                     {"null", []string{asJSON}, 200, `{"name":"before","age":7,`},
		"32 levels":                {`{"x":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}`, []string{asJSON}, 200, "before"},
		"no content type":          {`{"age":3}`, nil, 415, wrongType},
		"a form":                   {`{"age":3}`, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, wrongType},
		"text, as a form can send": {`{"age":3}`, []string{"Content-Type: text/plain; x=application/json"}, 415, wrongType},
		"a compressed body":        {gzipped(t, `{"age":3}`), []string{asJSON, "Content-Encoding: gzip"}, 415, wrongType},
		"a false compressed body":  {`{"age":3}`, []string{asJSON, "Content-Encoding: gzip"}, 415, wrongType},
		"malformed":                {`{"age":`, []string{asJSON}, 400, "The request body is not valid JSON."},
		"two documents":            {`{}{}`, []string{asJSON}, 400, "The request body is not valid JSON."},
		"a wrong type":             {`{"age":"three"}`, []string{asJSON}, 400, "The member age of the request body is of the wrong type."},
		"a wrong type inside":      {`{"in":{"deep":1}}`, []string{asJSON}, 400, "The member in.deep of the request body is of the wrong type."},
		"a wrong document":         {`[1]`, []string{asJSON}, 400, "The request body is of the wrong type."},
		"33 levels":                {`{"x":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, []string{asJSON}, 400, "The request body is nested too deep."},
		"1000 levels":              {strings.Repeat("[", 1000) + strings.Repeat("]", 1000), []string{asJSON}, 400, "The request body is nested too deep."},
		"no UTF-8":                 {"{\"name\":\"\xff\"}", []string{asJSON}, 400, "The request body is not valid UTF-8."},
	} {
		got := s.ask(t, "POST", "/object", c.body, c.headers...)
		if got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s: %d %s; want %d and %s", name, got.status, got.body, c.status, c.want)
		}
	}
}

func TestDetailsMustNotBeEmpty(t *testing.T) {
	s := serve(t, httpserver.Options{}, reader)
	const missing = "Please provide user details"
	for body, empty := range map[string]bool{
		"": true, " \n\t": true, "{}": true, " { \n } ": true, "[]": true, "[ ]": true, "null": true,
		"{": false, "[{}]": false, `{"":0}`: false, "0": false, `""`: false, "false": false, "nul": false, "x": false,
	} {
		got := s.ask(t, "POST", "/details", body, asJSON)
		if strings.Contains(got.body, missing) != empty || empty && got.status != 400 {
			t.Errorf("%q: %d %s; empty is %v", body, got.status, got.body, empty)
		}
	}
	if got := s.ask(t, "POST", "/details", gzipped(t, "{}"), asJSON, "Content-Encoding: gzip"); got.status != 415 {
		t.Errorf("a compressed body was unpacked: %d %s", got.status, got.body)
	}
}
