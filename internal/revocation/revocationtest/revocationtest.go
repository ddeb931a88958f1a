// Package revocationtest is what tests need that revoke.
package revocationtest

import (
	"crypto/rand"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Settle begins a generation that counts as old. In a young one a revocation waits until no gateway can hold a lease of the
// generation before, which a test's own Redis has never had.
func Settle(t testing.TB, client redis.UniversalClient) {
	t.Helper()
	if err := client.HSet(t.Context(), "{rev}:gen", "id", rand.Text(), "born", 0, "seq", 0).Err(); err != nil {
		t.Fatal(err)
	}
}
