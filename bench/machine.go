package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// conditions says when, where and how it was measured.
func (r *run) conditions() string {
	return fmt.Sprintf("Measured %s at %s on %s, %d cores, %s, %s; %d rounds of %v, %d connections.",
		time.Now().UTC().Format(time.DateOnly), r.commit(), processor(), runtime.NumCPU(), kernel(), runtime.Version(),
		r.rounds, r.each, connections)
}

// commit names the sources; a plus says that they were changed since.
func (r *run) commit() string {
	name := firstMatch(output("git", "rev-parse", "--short", "HEAD"), `\S+`)
	if output("git", "status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs") != "" {
		name += "+"
	}
	return name
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	return firstMatch(string(text), `model name\s*:\s*(.*)`)
}

func kernel() string {
	text, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return "Linux " + firstMatch(string(text), `^[\d.]+`)
}

// versions are those of the peers.
func versions() string {
	return strings.Join([]string{
		"HAProxy " + firstMatch(output("haproxy", "-v"), `version ([\d.]+)`),
		"nginx " + firstMatch(output("nginx", "-v"), `nginx/([\d.]+)`),
		"Caddy " + firstMatch(output("caddy", "version"), `v?([\d.]+)`),
		"Redis " + firstMatch(output("redis-server", "--version"), `v=([\d.]+)`),
		"wrk " + firstMatch(output("wrk", "-v"), `(\d[\d.]+)`),
	}, ", ")
}

// output is what a program prints, or nothing; wrk -v prints it and fails.
func output(name string, args ...string) string {
	out, _ := exec.Command(name, args...).CombinedOutput()
	return string(out)
}

// firstMatch is the first group of the pattern, or the whole match where it has none.
func firstMatch(text, pattern string) string {
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		return "unknown"
	}
	return found[len(found)-1]
}
