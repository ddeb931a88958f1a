package uid_test

import (
	"testing"

	"pgregory.net/rapid"

	"gatehouse/internal/uid"
)

func TestFoldIsSettled(t *testing.T) {
	if uid.Fold("JOSE\u0301") != uid.Fold("josé") || uid.Fold("ΣΟΦΟΣ") != uid.Fold("σοφοσ") {
		t.Error("equal uids fold apart")
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if once := uid.Fold(s); uid.Fold(once) != once {
			t.Fatalf("Fold(%q) = %q, again %q", s, once, uid.Fold(once))
		}
	})
}
