package redistest_test

import (
	"testing"

	"gatehouse/internal/redistest"
)

func TestDataSurviveAKill(t *testing.T) {
	server := redistest.Start(t)
	client := server.Client()
	if err := client.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Error("a server that was stopped answers")
	}
	server.Resume()
	if got, err := client.Get(t.Context(), "k").Result(); err != nil || got != "v" {
		t.Errorf("after the kill: %q, %v", got, err)
	}
}

func TestServersAreApart(t *testing.T) {
	one, two := redistest.Start(t), redistest.Start(t)
	if one.URL() == two.URL() {
		t.Fatalf("both are at %s", one.URL())
	}
	if err := one.Client().Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if n, err := two.Client().DBSize(t.Context()).Result(); err != nil || n != 0 {
		t.Errorf("the other has %d keys, %v", n, err)
	}
}
