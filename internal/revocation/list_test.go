package revocation_test

import (
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"gatehouse/internal/redistest"
	"gatehouse/internal/revocation"
)

const ttl = time.Hour

func newList(t *testing.T) (*redistest.Server, *revocation.List, revocation.Token, *time.Time) {
	t.Helper()
	server := redistest.Start(t)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	list := revocation.New(server.Client(), func() time.Time { return now })
	generation, err := list.Generation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return server, list, revocation.Token{
		SessionID: "s1", ID: "t1", KeyID: "k1", Subject: "7", IssuedAt: now, Generation: generation,
	}, &now
}

func z(member string, until time.Time) redis.Z {
	return redis.Z{Member: member, Score: float64(until.UnixMilli())}
}

func want(t *testing.T, list *revocation.List, token revocation.Token, revoked bool) {
	t.Helper()
	got, err := list.Revoked(t.Context(), token)
	if err != nil || got != revoked {
		t.Errorf("Revoked(%+v) = %v, %v; want %v", token, got, err, revoked)
	}
}

func TestSessionIsRevokedAndNoOther(t *testing.T) {
	_, list, token, now := newList(t)
	want(t, list, token, false)
	if err := list.Session(t.Context(), "s1", now.Add(ttl)); err != nil {
		t.Fatal(err)
	}
	want(t, list, token, true)
	token.SessionID = "s2"
	want(t, list, token, false)
}

func TestTokenIsRevokedAlone(t *testing.T) {
	_, list, token, now := newList(t)
	if err := list.Token(t.Context(), "t1", now.Add(ttl)); err != nil {
		t.Fatal(err)
	}
	want(t, list, token, true)
	token.ID = "t2"
	want(t, list, token, false)
}

func TestKeyIsRevokedAndNoOther(t *testing.T) {
	_, list, token, now := newList(t)
	if err := list.Key(t.Context(), "k1", now.Add(ttl)); err != nil {
		t.Fatal(err)
	}
	want(t, list, token, true)
	token.SessionID, token.ID, token.Subject = "s2", "t2", "8"
	want(t, list, token, true)
	token.KeyID = "k2"
	want(t, list, token, false)
}

func TestUserIsRevokedUntilTheMoment(t *testing.T) {
	_, list, token, now := newList(t)
	if err := list.User(t.Context(), "7", *now); err != nil {
		t.Fatal(err)
	}
	want(t, list, token, true)
	token.IssuedAt = now.Add(time.Millisecond)
	want(t, list, token, false)
	if err := list.User(t.Context(), "7", now.Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	token.IssuedAt = *now
	want(t, list, token, true)
}

func TestEntryOutlivesItsTokens(t *testing.T) {
	_, list, token, now := newList(t)
	until := now.Add(ttl)
	if err := list.Session(t.Context(), "s1", until); err != nil {
		t.Fatal(err)
	}
	*now = until
	if err := list.Session(t.Context(), "other", until.Add(ttl)); err != nil {
		t.Fatal(err)
	}
	want(t, list, token, true)
	*now = until.Add(2 * time.Minute)
	if err := list.Session(t.Context(), "another", until.Add(2*ttl)); err != nil {
		t.Fatal(err)
	}
	want(t, list, token, false) // dropped: its tokens expired two minutes ago
}

func TestLostDataRefuseAllOlderTokens(t *testing.T) {
	server, list, token, _ := newList(t)
	if err := server.Client().FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	want(t, list, token, true)
	generation, err := list.Generation(t.Context())
	if err != nil || generation == token.Generation {
		t.Fatalf("the generation after a loss is %q, %v; before it was %q", generation, err, token.Generation)
	}
	token.Generation = generation
	want(t, list, token, false)
}

func TestServerDownIsUnknown(t *testing.T) {
	server, list, token, _ := newList(t)
	server.Stop()
	if _, err := list.Revoked(t.Context(), token); !errors.Is(err, revocation.ErrUnknown) {
		t.Errorf("Revoked with the server down: %v; want ErrUnknown", err)
	}
	server.Resume()
	want(t, list, token, false)
}
