package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
)

func prove(t *testing.T) {
	w := fresh(t)
	w.freeze()
	proof := func(id, password string) request {
		return peerCall(userapi.ProvePath, userapi.Proof{ID: id, Password: password, Origin: browser})
	}
	id := func(uid string) string { return strconv.FormatInt(w.ids[uid], 10) }
	const wrong = `"Invalid user id or password"`
	w.play(t, w.internal, []scenario{
		{"right", proof(id("toby"), oldPassword), 200, []string{`{"id":"` + id("toby") + `","uid":"toby"`, `"epoch":1`}, nil},
		{"wrong", proof(id("toby"), "wrong horse"), 401, []string{wrong}, nil},
		{"none", proof(id("toby"), ""), 401, []string{wrong}, nil},
		{"disabled", proof(id("off"), oldPassword), 401, []string{wrong}, nil},
		{"gone", proof("999999", oldPassword), 401, []string{wrong}, nil},
		{"no number", proof("toby", oldPassword), 404, []string{"not found"}, nil},
		{"no secret", proof(id("toby"), oldPassword).with("Authorization", ""), 403, []string{"service secret"}, nil},
	})
	w.play(t, w.public, []scenario{{"audit", read("ada", "/api/audit?action=proof"), 200, []string{
		`"count":1,"action":"proof","outcome":"success","actor":"toby","subject":"toby","address":"192.0.2.7","agent":"Browser/1"`,
		`"count":2,"action":"proof","outcome":"refused","actor":"toby","subject":"toby"`}, nil}})
}

func find(t *testing.T) {
	w := fresh(t)
	client := userapi.NewClient(w.internal, secret, http.DefaultClient)
	for typed, want := range map[string]string{
		"TOBY": "toby", "Toby@Example.org": "toby", "off": "", "nobody": "", "": "", "a\x00b": "", "x\xff": "",
		strings.Repeat("x", 5000): "",
	} {
		found, err := client.Find(t.Context(), typed)
		if err != nil || len(found) != len(strings.Fields(want)) || want != "" && found[0].UID != want {
			t.Errorf("%.20q: %+v, %v", typed, found, err)
		}
	}
	w.play(t, w.internal, []scenario{{"nobody is an array", peerCall(userapi.FindPath, userapi.Typed{Typed: "nobody"}), 200, []string{"[]"}, []string{"null"}}})
}

// events of auth-service are kept as they are told: successes one by one, refusals together.
func events(t *testing.T) {
	w := fresh(t)
	w.freeze()
	toby := strconv.FormatInt(w.ids["toby"], 10)
	client := userapi.NewClient(w.internal, secret, http.DefaultClient)
	at := time.Now().Add(-time.Minute).UTC().Truncate(10 * time.Minute)
	logout := userapi.Event{At: at, Action: "logout", Outcome: userapi.Success, Actor: toby, Subject: toby, Origin: browser, RequestID: "R9"}
	reused := userapi.Event{At: at, Action: "refresh", Outcome: userapi.Refused, Subject: toby, Detail: map[string]string{"reason": "reused"},
		Origin: userapi.Origin{Address: "x", Agent: strings.Repeat("é\x00", 400)}}
	stranger := userapi.Event{Action: "forgot", Outcome: userapi.Refused, Origin: browser}
	gone := userapi.Event{At: at, Action: "end-session", Outcome: userapi.Success, Actor: "999999", Subject: "999999"}
	if err := client.Record(t.Context(), []userapi.Event{logout, reused, logout, stranger, reused, gone, stranger}); err != nil {
		t.Fatal(err)
	}
	if err := client.Record(t.Context(), nil); err != nil {
		t.Errorf("no events: %v", err)
	}
	w.play(t, w.public, []scenario{
		{"logout", read("ada", "/api/audit?action=logout"), 200, []string{fmt.Sprintf(
			`{"at":%q,"last_at":%[1]q,"count":1,"action":"logout","outcome":"success","actor":"toby","subject":"toby",`+
				`"address":"192.0.2.7","agent":"Browser/1","detail":{},"request_id":"R9"},{`, at.Format(time.RFC3339))}, nil},
		{"refresh", read("toby", "/api/activity"), 200, []string{
			`"count":2,"action":"refresh","outcome":"refused","actor":"","subject":"toby","address":"","agent":"éé`, `"detail":{"reason":"reused"}`}, nil},
		{"forgot", read("ada", "/api/audit?action=forgot&from="+url.QueryEscape(at.Format(time.RFC3339))), 200, []string{`"count":2,"action":"forgot"`, `"subject":""`, `"detail":{}`}, nil},
		{"of who is gone", read("ada", "/api/audit?action=end-session"), 200, []string{`"actor":"","subject":""`}, nil},
	})
	for name, event := range map[string]userapi.Event{
		"action": {Action: "x", Outcome: userapi.Success}, "outcome": {Action: "logout", Outcome: "x"},
		"actor": {Action: "logout", Outcome: userapi.Success, Actor: "toby"},
	} {
		if err := client.Record(t.Context(), []userapi.Event{logout, event}); !fault.Is(err, fault.Invalid) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if err := client.Record(t.Context(), make([]userapi.Event, 1001)); !fault.Is(err, fault.Invalid) {
		t.Errorf("too many: %v", err)
	}
	if n := len(entriesOf(t, w.send(w.public, read("ada", "/api/audit?action=logout")))); n != 2 {
		t.Errorf("%d entries of two sign-outs", n)
	}
}
