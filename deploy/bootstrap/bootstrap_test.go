package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gatehouse/internal/env"
	"gatehouse/internal/token"
)

func newConfig(t *testing.T) *config {
	t.Helper()
	c := new(config)
	if err := env.LoadFrom(c, []string{"SECRETS_DIR=" + filepath.Join(t.TempDir(), "secrets")}); err != nil {
		t.Fatal(err)
	}
	return c
}

func bootstrap(t *testing.T, c *config) map[string]string {
	t.Helper()
	if err := run(c, nil, noon); err != nil {
		t.Fatal(err)
	}
	return written(t, c.Dir)
}

// written are the contents of all files by their paths.
func written(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestEachServiceHasItsOwnSecretsAlone(t *testing.T) {
	files := bootstrap(t, newConfig(t))
	original := func(name string) string { return strings.TrimSuffix(files["originals/"+name], "\n") }
	allowed := map[string][]string{ // which originals may be found in the folder, whatever the file
		"auth":     {signingKey, refreshKey, serviceSecret, redisPassword},
		"user":     {serviceSecret, adminPassword, postgresPassword},
		"gateway":  {redisPassword},
		"postgres": {postgresPassword},
		"redis":    {redisPassword},
	}
	all := []string{signingKey, refreshKey, serviceSecret, postgresPassword, redisPassword, adminPassword}
	for path, content := range files {
		folder, _, _ := strings.Cut(path, "/")
		if folder == "originals" {
			continue
		}
		if _, known := allowed[folder]; !known {
			t.Errorf("%s is for nobody", path)
		}
		for _, name := range all {
			if strings.Contains(content, original(name)) && !slices.Contains(allowed[folder], name) {
				t.Errorf("%s holds the %s", path, name)
			}
		}
	}
	for folder, names := range allowed {
		for _, name := range names {
			found := false
			for path, content := range files {
				found = found || strings.HasPrefix(path, folder+"/") && strings.Contains(content, original(name))
			}
			if !found {
				t.Errorf("%s lacks the %s", folder, name)
			}
		}
	}
}

func TestWhatIsWritten(t *testing.T) {
	files := bootstrap(t, newConfig(t))
	if ring, err := token.ParseKeyRing([]byte(files["auth/signing_key"])); err != nil || len(ring.Public()) != 1 {
		t.Errorf("the signing key: %d, %v", len(ring.Public()), err)
	}
	redis := strings.TrimSpace(files["redis/password"])
	for path, want := range map[string]string{
		"auth/redis_url":    "redis://:" + redis + "@redis:6379/0\n",
		"gateway/redis_url": "redis://:" + redis + "@redis:6379/0\n",
		"user/database_url": "postgres://gatehouse:" + strings.TrimSpace(files["postgres/password"]) + "@postgres:5432/gatehouse?sslmode=disable\n",
		"redis/redis.conf":  "requirepass " + redis + "\nappendonly yes\nappendfsync always\nsave \"\"\nmaxmemory-policy noeviction\n",
	} {
		if files[path] != want {
			t.Errorf("%s is %q; want %q", path, files[path], want)
		}
	}
	seen := map[string]string{}
	for _, name := range []string{refreshKey, serviceSecret, postgresPassword, redisPassword, adminPassword} {
		value := strings.TrimSpace(files["originals/"+name])
		if before, twice := seen[value]; twice || len(value) < 20 {
			t.Errorf("the %s has %d letters, and is that of %q", name, len(value), before)
		}
		seen[value] = name
	}
	if other := bootstrap(t, newConfig(t)); other["originals/"+redisPassword] == files["originals/"+redisPassword] {
		t.Error("two installations share a password")
	}
}

func TestARunAgainChangesNothing(t *testing.T) {
	c := newConfig(t)
	first := bootstrap(t, c)
	if second := bootstrap(t, c); !maps.Equal(first, second) {
		t.Errorf("first %v\nthen %v", first, second)
	}
}

// Whatever stopped the first run, the next one goes on with the values that somebody may already have been given.
func TestAHalfFinishedRunIsGoneOnWith(t *testing.T) {
	c := newConfig(t)
	whole := bootstrap(t, c)
	for path := range whole {
		if strings.HasPrefix(path, "originals/") {
			continue
		}
		if err := os.Remove(filepath.Join(c.Dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	if again := bootstrap(t, c); !maps.Equal(again, whole) {
		t.Error("the services' files are not the same")
	}
	for _, name := range []string{redisPassword, signingKey} {
		if err := os.Remove(filepath.Join(c.Dir, "originals", name)); err != nil {
			t.Fatal(err)
		}
	}
	again := bootstrap(t, c)
	for path, content := range again {
		made := path == "originals/"+redisPassword || path == "originals/"+signingKey
		if strings.HasPrefix(path, "originals/") && made == (content == whole[path]) {
			t.Errorf("%s: made anew %v, changed %v", path, made, content != whole[path])
		}
	}
}

func TestTheAdminsPassword(t *testing.T) {
	c := newConfig(t)
	c.AdminPassword = "chosen by a person\n"
	if files := bootstrap(t, c); files["user/admin_password"] != "chosen by a person\n" {
		t.Errorf("the password is %q", files["user/admin_password"])
	}
	c.AdminPassword = "another one"
	if files := bootstrap(t, c); files["user/admin_password"] != "another one\n" {
		t.Errorf("a later choice does not count: %q", files["user/admin_password"])
	}
	c.AdminPassword = ""
	if files := bootstrap(t, c); files["user/admin_password"] != "another one\n" {
		t.Errorf("without a choice the password changes: %q", files["user/admin_password"])
	}
	if err := run(c, []string{"admin-password"}, noon); err != nil {
		t.Error(err)
	}
	for _, args := range [][]string{{"password"}, {"admin-password", "x"}, {"rotate-keys", "drop-keys"}} {
		if err := run(c, args, noon); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
	if err := run(newConfig(t), []string{"admin-password"}, noon); err == nil {
		t.Error("there is a password before the first run")
	}
}

func TestAnEmptyOriginalIsAnError(t *testing.T) {
	c := newConfig(t)
	before := bootstrap(t, c)
	path := filepath.Join(c.Dir, "originals", redisPassword)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(c, nil, noon); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("%v; want an error that names the file", err)
	}
	if after := written(t, c.Dir); after["redis/redis.conf"] != before["redis/redis.conf"] {
		t.Error("Redis is left without its password")
	}
}

func TestModes(t *testing.T) {
	c := newConfig(t)
	bootstrap(t, c)
	err := filepath.WalkDir(c.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o444)
		switch {
		case path == c.Dir:
			want = fs.ModeDir | 0o700
		case d.IsDir():
			want = fs.ModeDir | 0o755
		}
		if tooMuch := info.Mode() &^ want; tooMuch != 0 || !d.IsDir() && info.Mode() != want { // a umask may take from folders
			t.Errorf("%s is %v; want %v", path, info.Mode(), want)
		}
		if strings.HasPrefix(d.Name(), ".new-") {
			t.Errorf("%s is left over", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
