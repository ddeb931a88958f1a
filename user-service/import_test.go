package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gatehouse/internal/env"
	"gatehouse/internal/postgrestest"
)

// What an import may cost, whatever the machine's own limits are.
const (
	importMemory = 256 << 20 // bytes: the peak of the whole process, program and stacks included
	importTime   = 115 * time.Second
)

// importSize is how many people are imported: the most that one call may bring with PROVE=long.
func importSize(t *testing.T) int {
	t.Helper()
	var s struct {
		Prove string `env:"PROVE"`
	}
	if err := env.Load(&s); err != nil {
		t.Fatal(err)
	}
	if s.Prove == "long" {
		return 100_000
	}
	return 5_000
}

// TestImportStaysSmall imports people with the program as it is shipped, in a process of its own, and asks the kernel for the
// most memory that it ever had. Half of the people come with hashes, and the others get a link each, which is all in one
// answer; then they come again, and each is refused.
func TestImportStaysSmall(t *testing.T) {
	people := importSize(t)
	signer, keys := signing(t)
	p := startProgram(t, keys, postgrestest.Database(t))
	bearer := adminToken(t, signer, p.admin(t))
	file := peopleFile(t, people)
	began := time.Now()
	p.importPeople(t, file, bearer, imported{created: people, invited: people / 2})
	took := time.Since(began)
	p.importPeople(t, file, bearer, imported{refused: people})
	peak := p.peak(t)
	t.Logf("%d people in %v, with at most %d MiB", people, took.Round(time.Millisecond), peak>>20)
	if peak > importMemory || took > importTime {
		t.Errorf("%d MiB, %v", peak>>20, took)
	}
}

// peopleFile is a table of people, with names and hashes as long as they are.
func peopleFile(t *testing.T, people int) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "people.csv"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "uid,name,email,password_hash,role")
	for i := range people {
		hash := ""
		if i%2 == 0 {
			hash = "pbkdf2:sha256:260000$XzQ9v0pLmK$92c5cff02d860d60511549399d251ba3e593c6aceef1e257ad6f4799d13bf811"
		}
		fmt.Fprintf(w, "student-%06d,Ångström Müller %d,student-%d@school.example.org,%s,User\n", i, i, i, hash)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return file
}

// imported is how many people became what.
type imported struct{ created, refused, invited int }

// importPeople sends the file, and looks at the last line of the answer.
func (p program) importPeople(t *testing.T, file *os.File, bearer string, want imported) {
	t.Helper()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.public+"/api/users", io.NopCloser(file))
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = info.Size()
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Content-Type", "text/csv")
	req.Header.Set("Accept", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	last := lastLine(t, resp.Body)
	var result struct {
		Errors, Invitations []any
		Created             int
	}
	if err := json.Unmarshal([]byte(last), &result); err != nil {
		t.Fatalf("%d, %v: %.300s", resp.StatusCode, err, last)
	}
	if got := (imported{result.Created, len(result.Errors), len(result.Invitations)}); got != want {
		t.Errorf("got %+v, want %+v: %.300s", got, want, last)
	}
}

func lastLine(t *testing.T, text io.Reader) (last string) {
	t.Helper()
	lines := bufio.NewReader(text)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			return last
		}
		if err != nil {
			t.Fatal(err)
		}
		last = line
	}
}
