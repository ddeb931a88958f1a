//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// mailpitURL is where the development mailbox of the containers shows what it got.
const mailpitURL = "http://127.0.0.1:8025"

// mailpit is the mailbox of the containers.
type mailpit struct{}

func (mailpit) last(t testing.TB, to string) string {
	t.Helper()
	var list struct {
		Messages []struct {
			ID string
			To []struct{ Address string }
		}
	}
	fetch(t, "/api/v1/messages?limit=500", &list) // the newest first
	for _, m := range list.Messages {
		if slices.ContainsFunc(m.To, func(a struct{ Address string }) bool { return a.Address == to }) {
			var whole struct{ Text string }
			fetch(t, "/api/v1/message/"+m.ID, &whole)
			return strings.ReplaceAll(whole.Text, "\r\n", "\n")
		}
	}
	return ""
}

func fetch(t testing.TB, path string, target any) {
	t.Helper()
	resp, err := http.Get(mailpitURL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(target); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
