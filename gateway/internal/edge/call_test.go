package edge_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// reply is an answer that was read to its end.
type reply struct {
	*http.Response
	body string
}

func (r reply) message() string {
	var e struct{ Message string }
	json.Unmarshal([]byte(r.body), &e)
	return e.Message
}

// call sends a request. Headers are written "Name: value".
func (d *door) call(method, path, body string, headers ...string) reply {
	d.t.Helper()
	req, err := http.NewRequest(method, "http://"+d.addr+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header[name] = append(req.Header[name], value) // as it is spelled
	}
	resp, err := d.client.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	return read(d.t, resp)
}

func read(t *testing.T, resp *http.Response) reply {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp, string(body)}
}

// raw sends bytes as they are and reads one answer.
func (d *door) raw(text string) reply {
	d.t.Helper()
	conn, err := net.Dial("tcp", d.addr)
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		d.t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	resp, err := http.ReadResponse(answers, nil)
	if err == nil && resp.StatusCode == http.StatusContinue {
		resp, err = http.ReadResponse(answers, nil)
	}
	if err != nil {
		d.t.Fatalf("no answer to %q: %v", text, err)
	}
	return read(d.t, resp)
}

func (d *door) want(r reply, status int, message string) {
	d.t.Helper()
	if r.StatusCode != status || message != "" && r.message() != message {
		d.t.Errorf("%d %s; want %d %s", r.StatusCode, r.body, status, message)
	}
}
