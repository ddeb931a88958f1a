package api

import (
	"encoding/json"
	"strings"
	"testing"

	"gatehouse/user-service/internal/user/usertest"
)

// scenario is a request and what must and must not be in the answer.
type scenario struct {
	name string
	request
	status int
	want   []string
	not    []string
}

// play runs scenarios one after the other against one base URL.
func (w *world) play(t *testing.T, base string, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) { s.judge(t, w.send(base, s.request)) })
	}
}

func (s scenario) judge(t *testing.T, got answer) {
	t.Helper()
	if got.status != s.status {
		t.Fatalf("status %d, want %d: %.300s", got.status, s.status, got.body)
	}
	for _, want := range s.want {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %s in %.500s", want, got.body)
		}
	}
	for _, not := range append(s.not, "$argon2", oldPassword, newPassword, "pq:", "SELECT") {
		if strings.Contains(got.body, not) {
			t.Errorf("%s is in %.500s", not, got.body)
		}
	}
	if got.header.Get("X-Request-Id") == "" {
		t.Error("no request id")
	}
	if got.status >= 400 {
		judgeEnvelope(t, got)
	}
}

// judgeEnvelope wants the seed's four members, and only them.
func judgeEnvelope(t *testing.T, got answer) {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(got.body), &members); err != nil {
		t.Fatalf("%v: %s", err, got.body)
	}
	for _, name := range []string{"message", "error", "request_id"} {
		if text, _ := members[name].(string); text == "" {
			t.Errorf("no %s in %s", name, got.body)
		}
	}
	if data, ok := members["data"]; !ok || data != nil || len(members) != 4 {
		t.Errorf("not the envelope: %s", got.body)
	}
	if members["request_id"] != got.header.Get("X-Request-Id") {
		t.Error("two request ids")
	}
}

func TestAPI(t *testing.T) {
	usertest.OneServer(t)
	t.Run("sign up", signUp)
	t.Run("sign up, closed", signUpClosed)
	t.Run("sign up, GitHub", signUpGitHub)
	t.Run("sign up, race", signUpRace)
	t.Run("guard", guard)
	t.Run("no keys", noKeys)
	t.Run("demotion and disabling count at once", rowCounts)
	t.Run("list", list)
	t.Run("pages", pages)
	t.Run("change", change)
	t.Run("password", changePassword)
	t.Run("Admins", admins)
	t.Run("step-up", stepUp)
	t.Run("email with mail", emailWithMail)
	t.Run("email without mail", emailWithoutMail)
	t.Run("remove", remove)
	t.Run("what auth-service hears", heardOf)
	t.Run("auth-service is down", authServiceDown)
	t.Run("activity", activity)
	t.Run("audit", audit)
	t.Run("audit pages", auditPages)
	t.Run("export", export)
	t.Run("many", createAll)
	t.Run("bad input", badInput)
	t.Run("routes", routes)
	t.Run("internal", internal)
	t.Run("prove", prove)
	t.Run("find", find)
	t.Run("events", events)
	t.Run("equal refusals", equalRefusals)
	t.Run("rehash", rehash)
	t.Run("queue is full", queueFull)
}
