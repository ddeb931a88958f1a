package api

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// badInput goes to every call that reads a body; none may answer 200 or 5xx.
func badInput(t *testing.T) {
	w := fresh(t)
	bodies := []struct {
		name, body string
		header     string
		status     int
	}{
		{"malformed", `{"name":`, "", 400},
		{"trailing", `{"name":"x"} x`, "", 400},
		{"a number", `7`, "", 400},
		{"deep arrays", strings.Repeat("[", 1000) + strings.Repeat("]", 1000), "", 400},
		{"deep objects", strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000), "", 400},
		{"not UTF-8", "{\"name\":\"\xff\xfe\"}", "", 400},
		{"a form", "name=x", "application/x-www-form-urlencoded", 415},
		{"text", `{"name":"x"}`, "text/plain", 415},
	}
	for _, call := range []request{post(""), put("ada", ""), {as: "ada", method: "DELETE", path: "/api/user"},
		{as: "ada", method: "POST", path: "/api/users"}} {
		for _, b := range bodies {
			call.body, call.header = b.body, nil
			if b.header != "" {
				call.header = map[string]string{"Content-Type": b.header}
			}
			w.play(t, w.public, []scenario{{call.method + call.path + " " + b.name, call, b.status, nil, nil}})
		}
	}
	badValues(t, w)
	tooLarge(t, w)
}

// tooLarge announces more than the limit and sends none of it: a client that is still sending when the server closes the
// connection may see the closing before the answer.
func tooLarge(t *testing.T, w *world) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.public, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/user HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", 1<<20+1)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Fatalf("%d, %v", resp.StatusCode, err)
	}
	judgeEnvelope(t, answer{resp.StatusCode, resp.Header, string(body)})
}

// badValues are refused with the name of the field in front, at sign-up and at a change.
func badValues(t *testing.T, w *world) {
	for _, v := range []struct{ field, value, want string }{
		{"name", "x", "Name is missing"},
		{"name", strings.Repeat("x", 300), "Name is longer"},
		{"name", `a\u0000b`, "Name has"},
		{"name", `a\u0007b`, "Name has"},
		{"name", `a\u202eb`, "Name has"},
		{"name", `a\ud800b`, "Name has"},
		{"uid", "x", "User ID is missing"},
		{"uid", strings.Repeat("x", 300), "User ID is longer"},
		{"uid", `a\u0000b`, "User ID may"},
		{"uid", `a\u202eb`, "User ID may"},
		{"uid", `a\udfffb`, "User ID may"},
		{"uid", "🐎🐎", "User ID may"},
		{"uid", "a b", "User ID may"},
		{"password", strings.Repeat("x", 4096), "Password is longer"},
		{"password", `abcdefg\u0000h`, "Password has"},
		{"password", `abcdefg\ud800h`, "Password has"},
		{"email", strings.Repeat("x", 300) + "@example.org", "Email is"},
		{"email", `a@b\u0000`, "Email is"},
	} {
		members := map[string]string{"name": "Thomas", "uid": "tom", "password": "123Toby!", "email": "tom@example.org"}
		members[v.field] = v.value
		body := `{"name":"` + members["name"] + `","uid":"` + members["uid"] + `","password":"` + members["password"] +
			`","email":"` + members["email"] + `"}`
		name := v.field + " " + v.value[:min(len(v.value), 12)]
		w.play(t, w.public, []scenario{{name, post(body), 400, []string{`"message":"` + v.want}, nil}})
		if v.field != "uid" {
			w.play(t, w.public, []scenario{{name + " changed", put("toby", `{"`+v.field+`":"`+v.value+`"}`), 400,
				[]string{`"message":"` + v.want}, nil}})
		}
	}
}

func routes(t *testing.T) {
	w := fresh(t)
	w.play(t, w.public, []scenario{
		{"unknown", request{method: "GET", path: "/api/nothing"}, 404, []string{"There is nothing"}, nil},
		{"root", request{method: "GET", path: "/"}, 404, nil, nil},
		{"other case", request{method: "GET", path: "/API/id"}, 404, nil, nil},
		{"trailing slash", request{method: "GET", path: "/api/id/"}, 404, nil, nil},
		{"the internal call", verification("toby", oldPassword), 404, nil, nil},
	})
	w.play(t, w.internal, []scenario{{"the public call", request{as: "ada", method: "GET", path: "/api/id"}, 404, nil, nil}})
	for path, methods := range map[string][]string{
		"/api/id": {"GET"}, "/api/user": {"GET", "POST", "PUT", "DELETE"}, "/api/users": {"POST"},
		"/api/activity": {"GET"}, "/api/audit": {"GET"}, "/api/user/export": {"GET"},
	} {
		got := w.send(w.public, request{as: "ada", method: "PATCH", path: path})
		if got.status != 405 {
			t.Errorf("PATCH %s: %d", path, got.status)
		}
		for _, method := range methods {
			if !strings.Contains(got.header.Get("Allow"), method) {
				t.Errorf("Allow of %s is %q", path, got.header.Get("Allow"))
			}
		}
		judgeEnvelope(t, got)
	}
}
