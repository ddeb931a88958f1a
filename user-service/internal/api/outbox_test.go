package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/user-service/internal/postgres"
)

// authService is told of changes.
type authService struct {
	mu   sync.Mutex
	told []string // such as "credential #7 2 s password-changed>toby@example.org"
	down error
}

// Apply implements authapi.Sessions.
func (a *authService) Apply(_ context.Context, changes []authapi.Change) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.down != nil {
		return a.down
	}
	for _, c := range changes {
		text := fmt.Sprint(c.Kind, " #", c.Subject, " ", c.Epoch, " ", c.Keep)
		for _, n := range c.Notices {
			text += " " + n.Kind + ">" + n.To
		}
		a.told = append(a.told, text)
	}
	return nil
}

// heard is what auth-service was told since the last time, with uids.
func (w *world) heard() string {
	w.auth.mu.Lock()
	defer w.auth.mu.Unlock()
	told := strings.Join(w.auth.told, "; ")
	for uid, id := range w.ids {
		told = strings.ReplaceAll(told, fmt.Sprint("#", id, " "), uid+" ")
	}
	w.auth.told = nil
	return told
}

// relay lets the outbox deliver all that is due.
func (w *world) relay(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ticks, done := make(chan time.Time), make(chan struct{})
	go func() {
		defer close(done)
		postgres.NewOutbox(w.db, w.auth, slog.New(slog.DiscardHandler)).Run(ctx, ticks)
	}()
	ticks <- time.Time{} // is taken when the first round is over
	cancel()
	<-done
}

// heardOf: what ends sessions has reached auth-service before the answer, and nothing else bothers it.
func heardOf(t *testing.T) {
	w := fresh(t)
	for _, c := range []struct{ as, body, heard string }{
		{"toby", `{"name":"Tom"}`, ""},
		{"toby", `{"password":"` + newPassword + `"}`, "credential toby 2 s password-changed>toby@example.org"},
		{"ada", `{"uid":"toby","password":"` + oldPassword + `"}`, "credential toby 3  password-changed>toby@example.org"},
		{"ada", `{"uid":"toby","role":"User"}`, ""},
		{"ada", `{"uid":"toby","role":"Teacher"}`, "role toby 0  role-changed>toby@example.org"},
		{"ada", `{"uid":"toby","disabled":true}`, "closed toby 4  account-disabled>toby@example.org"},
		{"ada", `{"uid":"toby","disabled":true}`, ""},
		{"ada", `{"uid":"toby","disabled":false}`, ""},
	} {
		if got := w.send(w.public, put(c.as, c.body)); got.status != 200 {
			t.Errorf("%s: %+v", c.body, got)
		}
		if heard := w.heard(); heard != c.heard {
			t.Errorf("%s: auth-service heard %q, want %q", c.body, heard, c.heard)
		}
	}
}

// authServiceDown: the change is made and says so, and the relay brings it when it can.
func authServiceDown(t *testing.T) {
	w := fresh(t)
	w.auth.down = fault.Down("auth-service", errors.New("refused"))
	const saved = `"The change is saved, but it has not reached every gateway yet. It will within moments."`
	w.play(t, w.public, []scenario{
		{"password", put("toby", `{"password":"`+newPassword+`"}`), 503, []string{saved}, []string{"refused"}},
		{"role", put("ada", `{"uid":"toby","role":"Teacher"}`), 503, []string{saved}, nil},
		{"name", put("toby", `{"name":"Tom"}`), 200, []string{`"name":"Tom"`, `"role":"Teacher"`}, nil},
		{"delete", request{as: "ada", method: "DELETE", path: "/api/user", body: `{"uid":"grace"}`}, 503, []string{saved}, nil},
		{"deleted", get("ada", "?q=grace"), 200, []string{"[]"}, nil},
	})
	if got := w.send(w.public, put("toby", `{"password":"`+oldPassword+`"}`)); got.header.Get("Retry-After") == "" {
		t.Errorf("no time to come again: %+v", got)
	}
	w.signsIn(t, "toby", oldPassword, 200)
	w.auth.mu.Lock()
	w.auth.down = nil
	w.auth.mu.Unlock()
	w.relay(t)
	const want = "credential toby 2 s password-changed>toby@example.org; role toby 0  role-changed>toby@example.org; " +
		"credential toby 3 s password-changed>toby@example.org; closed grace 2  account-deleted>grace@example.org"
	if heard := w.heard(); heard != want {
		t.Errorf("auth-service heard %q", heard)
	}
}
