package redisstore_test

import (
	"slices"
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
	create(t, store, session.Session{ID: "s1", Subject: "7", CreatedAt: now, LastSeen: now, AuthTime: now})
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
		if _, _, outcome, err := store.Rotate(t.Context(), "s1", uint64(counter), 1, now.Add(time.Duration(day)*24*time.Hour)); err != nil || outcome != session.Rotated {
			t.Fatal(outcome, err)
		}
		expect("after a refresh", min(session.IdleLimit, session.AbsoluteLimit-time.Duration(day)*24*time.Hour))
	}
	if _, _, _, err := store.Rotate(t.Context(), "s1", 4, 1, now.Add(last)); err != nil {
		t.Fatal(err)
	}
	expect("near the end", session.AbsoluteLimit-last)
}

func TestAServerThatIsDownIsAnError(t *testing.T) {
	server := redistest.Start(t)
	store := redisstore.New(server.Client())
	server.Stop()
	if _, err := store.Create(t.Context(), session.Session{ID: "s1"}); err == nil {
		t.Error("Create says that it has been done")
	}
	if err := store.Outdate(t.Context(), "7", 2); err == nil {
		t.Error("Outdate says that it has been done")
	}
	if _, _, outcome, err := store.Rotate(t.Context(), "s1", 0, 1, time.Now()); err == nil {
		t.Errorf("Rotate says %s", outcome)
	}
	if s, err := store.Prove(t.Context(), "s1", time.Now()); err == nil {
		t.Errorf("Prove says %+v", s)
	}
	if s, err := store.Find(t.Context(), "s1"); err == nil {
		t.Errorf("Find says %+v", s)
	}
	if all, err := store.Of(t.Context(), "7", time.Now()); err == nil {
		t.Errorf("Of says %+v", all)
	}
	if err := store.End(t.Context(), "s1"); err == nil {
		t.Error("End says that it has been done")
	}
}

func create(t *testing.T, store session.Store, s session.Session) {
	t.Helper()
	if admitted, err := store.Create(t.Context(), s); err != nil || !admitted {
		t.Fatalf("%s is let in: %v, %v", s.ID, admitted, err)
	}
}

// What stopped between the two steps of an end, or expired by itself, leaves an entry that the next look drops; one whose
// time is over goes when the next session comes.
func TestTheIndexKeepsNothingForEver(t *testing.T) {
	client := redistest.Start(t).Client()
	store, now := redisstore.New(client), time.Now()
	for i, sid := range []string{"s1", "s2", "s3"} {
		begun := now.Add(time.Duration(i) * time.Hour)
		create(t, store, session.Session{ID: sid, Subject: "7", CreatedAt: begun, LastSeen: begun, AuthTime: begun})
	}
	indexed := func(when string, want ...string) {
		t.Helper()
		if got, err := client.ZRange(t.Context(), "{sessions:7}:index", 0, -1).Result(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s the index has %v, %v; want %v", when, got, err, want)
		}
	}
	if err := client.Del(t.Context(), "{session:s2}").Err(); err != nil {
		t.Fatal(err)
	}
	indexed("after the session is gone", "s1", "s2", "s3")
	if _, err := store.Of(t.Context(), "7", now); err != nil {
		t.Fatal(err)
	}
	indexed("after a look", "s1", "s3")
	late := now.Add(session.AbsoluteLimit)
	create(t, store, session.Session{ID: "s4", Subject: "7", CreatedAt: late, LastSeen: late, AuthTime: late})
	indexed("after the absolute limit of the first", "s3", "s4")
	if err := store.Outdate(t.Context(), "7", 2); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"{sessions:7}:index", "{sessions:7}:epoch"} {
		if left, err := client.PTTL(t.Context(), key).Result(); err != nil || left > session.AbsoluteLimit || left < session.AbsoluteLimit-time.Minute {
			t.Errorf("%s has %v left, %v", key, left, err)
		}
	}
}

// A session from before epochs were counted is of none, which no user accepts.
func TestASessionWithoutAnEpoch(t *testing.T) {
	client := redistest.Start(t).Client()
	store, now := redisstore.New(client), time.Now()
	create(t, store, session.Session{ID: "s1", Subject: "7", Epoch: 1, CreatedAt: now, LastSeen: now, AuthTime: now})
	if err := client.HDel(t.Context(), "{session:s1}", "epoch").Err(); err != nil {
		t.Fatal(err)
	}
	if s, err := store.Find(t.Context(), "s1"); err != nil || s.Epoch != 0 || s.Subject != "7" {
		t.Errorf("found as %+v, %v", s, err)
	}
	if s, err := store.Prove(t.Context(), "s1", now); err != nil || s.Epoch != 0 || s.Subject != "7" {
		t.Errorf("proved as %+v, %v", s, err)
	}
	if s, _, outcome, err := store.Rotate(t.Context(), "s1", 0, 2, now); err != nil || outcome != session.Rotated || s.Epoch != 2 {
		t.Errorf("%s as %+v, %v", outcome, s, err)
	}
}
