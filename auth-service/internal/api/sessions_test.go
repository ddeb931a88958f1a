package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/userapi"
)

const (
	sessions = "/api/sessions"
	proof    = login + "/proof"
	firefox  = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
)

// listed are the sessions as a page gets them.
type listed []struct {
	ID, Address string
	Current     bool
	Device      struct{ Browser, OS, Kind string }
	CreatedAt   time.Time `json:"created_at"`
	LastSeen    time.Time `json:"last_seen"`
}

func (d *door) list(access string) listed {
	d.t.Helper()
	got := d.ask("GET", sessions, "", access)
	var all listed
	if err := json.Unmarshal([]byte(got.body), &all); err != nil || got.status != 200 || got.header.Get("Cache-Control") != "no-store" {
		d.t.Fatalf("%d %s %v", got.status, got.body, got.header)
	}
	return all
}

func TestTheListOfSessions(t *testing.T) {
	d := open(t, public)
	in := d.ask("POST", login, `{"uid":"alice","password":"right"}`, firefox, "X-Real-Ip: 192.0.2.7")
	access, _ := d.signIn()
	all := d.list(access)
	if len(all) != 2 || !all[0].Current || all[1].Current || all[0].ID == all[1].ID || all[0].ID == "" {
		t.Fatalf("%+v", all)
	}
	first := all[1]
	if first.Device.Browser != "Firefox" || first.Device.OS != "Linux" || first.Device.Kind != "desktop" || first.Address != "192.0.2.7" {
		t.Errorf("the first is %+v", first)
	}
	if time.Since(first.CreatedAt).Abs() > time.Minute || !first.LastSeen.Equal(first.CreatedAt) || first.CreatedAt.Location() != time.UTC {
		t.Errorf("its times are %v and %v", first.CreatedAt, first.LastSeen)
	}
	if all := d.list("Authorization: Bearer " + in.value("jwt")); !all[0].Current || all[0].ID != first.ID {
		t.Errorf("seen from the first: %+v", all)
	}
	body := d.ask("GET", sessions, "", access).body
	if !strings.HasPrefix(body, `[{"id":"`) || !strings.Contains(body, `"device":{"browser":"","os":"","kind":"other"},"address":"0.0.0.0"`) {
		t.Errorf("the answer is %s", body)
	}
}

func TestEndingSessions(t *testing.T) {
	d := open(t, public)
	other, refresh := d.signIn()
	access, _ := d.signIn()
	sid := d.list(other)[0].ID
	got := d.ask("DELETE", sessions+"/"+sid, "", access)
	if got.status != 204 || got.body != "" || len(got.cookies) != 0 {
		t.Errorf("one: %d %s %v", got.status, got.body, got.cookies)
	}
	if got := d.ask("GET", sessions, "", other); got.status != 401 || got.message() != "Invalid Authentication token!" {
		t.Errorf("the one that was ended: %d %s", got.status, got.body)
	}
	if got := d.ask("POST", login+"/refresh", "", refresh); got.status != 401 {
		t.Errorf("its refresh: %d %s", got.status, got.body)
	}
	for _, path := range []string{"/" + sid, "/nobody"} {
		if got := d.ask("DELETE", sessions+path, "", access); got.status != 404 || got.message() != "Session not found" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	d.signIn()
	if got := d.ask("DELETE", sessions, "", access); got.status != 204 || got.body != "" || len(got.cookies) != 0 || len(d.list(access)) != 1 {
		t.Errorf("all others: %d %s %v", got.status, got.body, got.cookies)
	}
	if got := d.ask("DELETE", sessions+"?scope=ALL", "", access); got.status != 400 || len(d.list(access)) != 1 {
		t.Errorf("an unknown scope: %d %s", got.status, got.body)
	}
	got = d.ask("DELETE", sessions+"?scope=all", "", access)
	if got.status != 204 || !strings.Contains(got.cookies["jwt"], "max-age=0") || !strings.Contains(got.cookies["jwt_refresh"], "max-age=0") {
		t.Errorf("all: %d %s %v", got.status, got.body, got.cookies)
	}
	if got := d.ask("GET", sessions, "", access); got.status != 401 {
		t.Errorf("the one that asked: %d %s", got.status, got.body)
	}
	access, _ = d.signIn()
	if got := d.ask("DELETE", sessions+"/"+d.list(access)[0].ID, "", access); got.status != 204 || !strings.Contains(got.cookies["jwt"], "max-age=0") {
		t.Errorf("the one that asks: %d %s %v", got.status, got.body, got.cookies)
	}
}

func TestEndingManyAsksForThePassword(t *testing.T) {
	d := open(t, public)
	d.ago(20 * time.Minute)
	access, _ := d.signIn()
	d.ago(0)
	for _, path := range []string{sessions, sessions + "?scope=all"} {
		got := d.ask("DELETE", path, "", access)
		if got.status != 403 || got.message() != "Please enter your password again to go on." || !strings.Contains(got.body, `"error":"reauthentication required"`) || len(got.cookies) != 0 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	proved := d.ask("POST", proof, `{"password":"right"}`, access)
	if proved.status != 204 || proved.body != "" || len(proved.cookies) != 1 || !strings.Contains(proved.cookies["jwt"], "max-age=3600; path=/; HttpOnly") {
		t.Fatalf("a proof: %d %s %v", proved.status, proved.body, proved.cookies)
	}
	if got := d.ask("DELETE", sessions, "", "Authorization: Bearer "+proved.value("jwt")); got.status != 204 {
		t.Errorf("with the proof: %d %s", got.status, got.body)
	}
}

func TestProofAnswers(t *testing.T) {
	d := open(t, public)
	access, _ := d.signIn()
	for name, c := range map[string]struct {
		body    string
		status  int
		message string
	}{
		"a wrong password":  {`{"password":"wrong"}`, 403, "Password is wrong"},
		"no body":           {"", 400, "Please provide user details"},
		"an empty object":   {"{}", 400, "Please provide user details"},
		"no password":       {`{"uid":"alice"}`, 400, "Please provide user details"},
		"an empty password": {`{"password":""}`, 400, "Please provide user details"},
		"a password of 1":   {`{"password":1}`, 400, "The member password of the request body is of the wrong type."},
	} {
		if got := d.ask("POST", proof, c.body, access); got.status != c.status || got.message() != c.message || len(got.cookies) != 0 {
			t.Errorf("%s: %d %s %v", name, got.status, got.body, got.cookies)
		}
	}
}

// The service does not trust the network: without a good token of its own there is no answer.
func TestGuardedCalls(t *testing.T) {
	d := open(t, public)
	for _, call := range []string{"GET " + sessions, "DELETE " + sessions, "DELETE " + sessions + "/x", "POST " + proof} {
		method, path, _ := strings.Cut(call, " ")
		for header, message := range map[string]string{
			"X-User-Id: 7": "Authentication Token is missing!", "Authorization: Bearer x": "Invalid Authentication token!",
		} {
			if got := d.ask(method, path, "", header); got.status != 401 || got.message() != message || len(got.cookies) != 0 {
				t.Errorf("%s with %s: %d %s", call, header, got.status, got.body)
			}
		}
	}
	access, _ := d.signIn()
	d.redis.Stop()
	for _, call := range []string{"GET " + sessions, "DELETE " + sessions, "DELETE " + sessions + "/x", "POST " + proof} {
		method, path, _ := strings.Cut(call, " ")
		if got := d.ask(method, path, "", access); got.status != 503 || got.header.Get("Retry-After") == "" {
			t.Errorf("%s without Redis: %d %s", call, got.status, got.body)
		}
	}
}

func TestChangesAreApplied(t *testing.T) {
	d := open(t, public)
	access, _ := d.signIn()
	change := `[{"id":1,"subject":"7","kind":"credential","epoch":2,"notices":[{"kind":"password-changed","to":"a@example.org"}]}]`
	for name, header := range map[string]string{"no secret": "X-Nothing: 1", "a wrong one": "Authorization: Bearer x", "a session": access} {
		if got := d.tell(change, header); got.status != 403 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if got := d.ask("GET", sessions, "", access); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := d.tell(change, "Authorization: Bearer "+serviceSecret); got.status != 204 || got.body != "" {
		t.Errorf("a change: %d %s", got.status, got.body)
	}
	if got := d.ask("GET", sessions, "", access); got.status != 401 {
		t.Errorf("afterwards: %d %s", got.status, got.body)
	}
	if len(d.notices) != 1 || d.notices[0].To != "a@example.org" {
		t.Errorf("the notices are %+v", d.notices)
	}
	for body, status := range map[string]int{`[{"kind":"x"}]`: 400, `{}`: 400, `[]`: 204} {
		if got := d.tell(body, "Authorization: Bearer "+serviceSecret); got.status != status {
			t.Errorf("%s: %d %s; want %d", body, got.status, got.body, status)
		}
	}
	if got := d.ask("POST", authapi.ChangesPath, change, "Authorization: Bearer "+serviceSecret); got.status != 404 {
		t.Errorf("at the door for everyone: %d %s", got.status, got.body)
	}
}

// An event is kept for longer than the request that it is of, whose memory another request gets.
func TestEventsSurviveTheirRequest(t *testing.T) {
	d := open(t, public)
	access, refresh := d.signIn()
	d.ask("DELETE", login, "", access, refresh, firefox, "X-Real-Ip: ::ffff:192.0.2.7", "X-Request-Id: R1")
	for range 5 {
		d.ask("POST", login, `{"uid":"nobody","password":"wrong"}`, "User-Agent: "+strings.Repeat("x", 50), "X-Real-Ip: 2001:db8::ffff", "X-Request-Id: R2222222")
	}
	want := userapi.Origin{Address: "192.0.2.7", Agent: strings.TrimPrefix(firefox, "User-Agent: ")}
	if len(d.events) != 1 || d.events[0].Action != "logout" || d.events[0].Origin != want || d.events[0].RequestID != "R1" {
		t.Errorf("the events are %+v", d.events)
	}
	if origin := d.users.credential.Origin; origin.Address != "2001:db8::ffff" || origin.Agent != strings.Repeat("x", 50) {
		t.Errorf("user-service got the origin %+v", origin)
	}
}
