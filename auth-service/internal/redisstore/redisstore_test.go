package redisstore_test

import (
	"testing"
	"time"

	"gatehouse/auth-service/internal/redisstore"
	"gatehouse/auth-service/internal/session"
	"gatehouse/auth-service/internal/session/sessiontest"
	"gatehouse/internal/redistest"
)

func TestSessionsKeepTheContract(t *testing.T) {
	client := redistest.Start(t).Client()
	sessiontest.Store(t, func(t *testing.T) session.Store {
		if err := client.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		return redisstore.New(client)
	})
}

// Nobody sweeps: a key goes by itself, at the earlier of the two limits.
func TestKeysExpireByThemselves(t *testing.T) {
	client := redistest.Start(t).Client()
	store, now := redisstore.New(client), time.Now()
	if err := store.Create(t.Context(), session.Session{ID: "s1", Subject: "7", CreatedAt: now, LastSeen: now, AuthTime: now}); err != nil {
		t.Fatal(err)
	}
	expect := func(when string, want time.Duration) {
		t.Helper()
		left, err := client.PTTL(t.Context(), "{session:s1}").Result()
		if err != nil || left > want || left < want-time.Minute {
			t.Errorf("%s the key has %v left, %v; want %v", when, left, err, want)
		}
	}
	expect("after the login", session.IdleLimit)
	last := 25 * 24 * time.Hour
	for counter, day := range []int{6, 12, 18, 24} {
		if _, _, outcome, err := store.Rotate(t.Context(), "s1", uint64(counter), now.Add(time.Duration(day)*24*time.Hour)); err != nil || outcome != session.Rotated {
			t.Fatal(outcome, err)
		}
		expect("after a refresh", min(session.IdleLimit, session.AbsoluteLimit-time.Duration(day)*24*time.Hour))
	}
	if _, _, _, err := store.Rotate(t.Context(), "s1", 4, now.Add(last)); err != nil {
		t.Fatal(err)
	}
	expect("near the end", session.AbsoluteLimit-last)
}

func TestAServerThatIsDownIsAnError(t *testing.T) {
	server := redistest.Start(t)
	store := redisstore.New(server.Client())
	server.Stop()
	if err := store.Create(t.Context(), session.Session{ID: "s1"}); err == nil {
		t.Error("Create says that it has been done")
	}
	if _, _, outcome, err := store.Rotate(t.Context(), "s1", 0, time.Now()); err == nil {
		t.Errorf("Rotate says %s", outcome)
	}
	if subject, err := store.Subject(t.Context(), "s1"); err == nil {
		t.Errorf("Subject says %q", subject)
	}
	if err := store.End(t.Context(), "s1"); err == nil {
		t.Error("End says that it has been done")
	}
}
