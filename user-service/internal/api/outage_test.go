package api

import (
	"testing"

	"gatehouse/internal/postgrestest"
)

// TestOutage: with the database down every call says so, and all is well again by itself.
func TestOutage(t *testing.T) {
	server := postgrestest.Start(t)
	w := newWorld(t, server.URL())
	calls := []request{post(`{"name":"Thomas","uid":"tom","password":"123Toby!"}`)}
	for _, call := range guardedCalls {
		calls = append(calls, call.by("ada"))
	}
	server.Stop()
	for _, call := range calls {
		if got := w.send(w.public, call); got.status != 503 || got.header.Get("Retry-After") == "" {
			t.Errorf("%s %s: %+v", call.method, call.path, got)
		}
	}
	w.signsIn(t, "toby", oldPassword, 503)
	server.Resume()
	w.signsIn(t, "toby", oldPassword, 200)
	for _, call := range calls {
		if got := w.send(w.public, call); got.status >= 300 {
			t.Errorf("after the outage: %s %s: %+v", call.method, call.path, got)
		}
	}
}
