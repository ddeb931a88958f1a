package process

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestProgramsAreStartedAndEnded(t *testing.T) {
	dir := t.TempDir()
	g := NewGroup(dir)
	p, err := g.Start("greeter", exec.Command("sh", "-c", "echo here; while :; do sleep 0.05; done"))
	if err != nil {
		t.Fatal(err)
	}
	said := func() bool {
		text, _ := os.ReadFile(filepath.Join(dir, "greeter.log"))
		return string(text) == "here\n"
	}
	if err := p.Await(t.Context(), said); err != nil {
		t.Fatal(err)
	}
	if rss, err := RSS(p.PID); err != nil || rss < 64<<10 {
		t.Errorf("RSS %d, %v", rss, err)
	}
	if err := p.ForgetOutput(); err != nil || said() {
		t.Errorf("the output is still there, %v", err)
	}
	g.Stop()
	if _, err := CPU(p.PID); err == nil {
		t.Error("the program is still there")
	}
}

func TestAProgramThatEndsIsNeverReady(t *testing.T) {
	g := NewGroup(t.TempDir())
	defer g.Stop()
	p, err := g.Start("broken", exec.Command("sh", "-c", "echo no such file; exit 1"))
	if err != nil {
		t.Fatal(err)
	}
	err = p.Await(t.Context(), func() bool { return false })
	if err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("%v", err)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	g := NewGroup(t.TempDir())
	defer g.Stop()
	p, err := g.Start("sleeper", exec.Command("sleep", "60"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := p.Await(ctx, func() bool { return false }); err == nil {
		t.Error("no error")
	}
}

func TestCPUCountsWhatIsBelow(t *testing.T) {
	g := NewGroup(t.TempDir())
	defer g.Stop()
	p, err := g.Start("busy", exec.Command("sh", "-c", "sh -c 'while :; do :; done' & echo $!; wait"))
	if err != nil {
		t.Fatal(err)
	}
	busy := func() bool {
		used, err := CPU(p.PID)
		return err == nil && used >= 50*time.Millisecond
	}
	if err := p.Await(t.Context(), busy); err != nil {
		t.Error(err)
	}
	below, err := strconv.Atoi(p.lastWords())
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
	gone := func() bool { _, err := CPU(below); return err != nil }
	for range 100 {
		if gone() {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Error("what was below is still there")
}

func TestStat(t *testing.T) {
	line := "4242 (a (b) c) S 17 4242 4242 0 -1 4194560 500 0 0 0 123 45 7 8 20 0 9 0 100 1000 10"
	pid, s, err := parseStat(line)
	if err != nil || pid != 4242 || s.parent != 17 || s.cpu != 1680*time.Millisecond {
		t.Errorf("%d %+v %v", pid, s, err)
	}
	for _, bad := range []string{"", "x (a) S 1", "1 (a) S 1 2 3", "1 a S", "1 (a) S 1 2 3 4 5 6 7 8 9 10 x y z"} {
		if _, _, err := parseStat(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
