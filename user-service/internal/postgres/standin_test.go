package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/user-service/internal/user"
	"gatehouse/user-service/internal/user/usertest"
)

// verifier keeps the hashes that it was asked about, and fits none.
type verifier struct{ asked []string }

func (*verifier) Hash(context.Context, string) (string, error) { return "", nil }

func (v *verifier) Verify(_ context.Context, hash, _ string) (fits, stale bool, err error) {
	v.asked = append(v.asked, hash)
	return false, false, nil
}

// steps is a store that keeps the names of what it was asked for.
type steps struct {
	user.Store
	asked []string
}

func (s *steps) ByUID(ctx context.Context, uid string) (user.Account, error) {
	s.asked = append(s.asked, "account")
	return s.Store.ByUID(ctx, uid)
}

func (s *steps) StandIn(ctx context.Context, place int64) (string, error) {
	s.asked = append(s.asked, "stand-in")
	return s.Store.StandIn(ctx, place)
}

func (s *steps) Record(ctx context.Context, entries ...user.Entry) error {
	s.asked = append(s.asked, fmt.Sprint(len(entries), " entry"))
	return s.Store.Record(ctx, entries...)
}

// population are 1000 accounts, three of ten with an old hash, and two that nobody can sign in to.
func population(t *testing.T) *DB {
	t.Helper()
	db := migrated(t)
	_, err := db.pool.Exec(`
		INSERT INTO users (uid, uid_key, name, name_key, role, password_hash, created_at, updated_at)
		SELECT 'u' || n, 'u' || n, '', '', 'User', CASE WHEN n % 10 < 3 THEN 'pbkdf2:' ELSE '$argon2id$' END || n, now(), now()
		FROM generate_series(1, 1000) AS n`)
	if err != nil {
		t.Fatal(err)
	}
	off, invited := usertest.Account("off", "User"), usertest.Account("invited", "User")
	off.Disabled, invited.Hash = true, ""
	for _, a := range []user.Account{off, invited} {
		if _, err := db.Create(context.Background(), user.Actor{}, a); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// compared refuses a credential and gives the hash that the password was compared with.
func compared(t *testing.T, db *DB, key, uid string) string {
	t.Helper()
	var hashes verifier
	store := &steps{Store: db}
	service := &user.Service{Store: store, Passwords: &hashes, RingKey: []byte(key), Now: time.Now}
	if _, err := service.Verify(context.Background(), user.Origin{}, uid, "a guess"); !fault.Is(err, fault.Unauthenticated) {
		t.Fatalf("%s: %v", uid, err)
	}
	if want := []string{"account", "stand-in", "1 entry"}; !slices.Equal(store.asked, want) || len(hashes.asked) != 1 {
		t.Errorf("%s costs %v and %d hashes", uid, store.asked, len(hashes.asked))
	}
	return hashes.asked[0]
}

// standIns: unknown uids cost what known ones do, old hashes as often as there are such.
func standIns(t *testing.T) {
	db := population(t)
	for uid, want := range map[string]string{"u1": "pbkdf2:1", "U5": "$argon2id$5", "off": "hash of off"} {
		if got := compared(t, db, "key", uid); got != want {
			t.Errorf("%s was compared with %s", uid, got)
		}
	}
	if compared(t, db, "key", "invited") == "" {
		t.Error("an account without a password costs no hash")
	}
	const unknown = 600
	old, moved := 0, 0
	for i := range unknown {
		uid := fmt.Sprint("nobody", i)
		hash := compared(t, db, "key", uid)
		if strings.HasPrefix(hash, "pbkdf2:") {
			old++
		}
		if i < 50 && hash != compared(t, db, "key", strings.ToUpper(uid)) {
			t.Errorf("%s has two stand-ins", uid)
		}
		if i < 50 && hash != compared(t, db, "another key", uid) {
			moved++
		}
	}
	if share := float64(old) / unknown; share < 0.22 || share > 0.38 { // 4 standard deviations of both samples
		t.Errorf("%.0f %% of unknown uids have an old hash, of known ones 30 %%", 100*share)
	}
	if moved < 40 {
		t.Errorf("another key moves only %d of 50", moved)
	}
}
