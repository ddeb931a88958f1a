package postgrestest_test

import (
	"database/sql"
	"testing"

	"gatehouse/internal/postgrestest"
)

func TestDataSurviveAKill(t *testing.T) {
	server := postgrestest.Start(t)
	db, err := sql.Open("postgres", server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)"); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	if err := db.PingContext(t.Context()); err == nil {
		t.Error("a server that was stopped answers")
	}
	server.Resume()
	var n int
	if err := db.QueryRowContext(t.Context(), "SELECT n FROM kept").Scan(&n); err != nil || n != 7 {
		t.Errorf("after the kill: %d, %v", n, err)
	}
}
