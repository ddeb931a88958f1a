package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/internal/env"
)

// asMain makes the test's binary the program itself, for tests of exit codes.
const asMain = "BE_GATEWAY=1"

func TestMain(m *testing.M) {
	var be struct {
		Gateway bool `env:"BE_GATEWAY"`
	}
	if err := env.Load(&be); err == nil && be.Gateway {
		main()
	}
	os.Exit(m.Run())
}

// gateway runs the program with arguments; one that is a text with lines stands for a file.
func gateway(t *testing.T, stdin string, environ []string, args ...string) (code int, out, mistakes string) {
	t.Helper()
	for i, arg := range args {
		if strings.Contains(arg, "\n") {
			args[i] = filepath.Join(t.TempDir(), "routes.yaml")
			if err := os.WriteFile(args[i], []byte(arg), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	program := exec.Command(os.Args[0], args...)
	program.Env = append(environ, asMain)
	var stdout, stderr strings.Builder
	program.Stdin, program.Stdout, program.Stderr = strings.NewReader(stdin), &stdout, &stderr
	if err := program.Run(); err != nil && program.ProcessState == nil {
		t.Fatal(err)
	}
	return program.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

const (
	good    = "routes:\n  - {path: /mine, methods: [GET], upstream: 'http://a:1', access: [Admin]}\n"
	another = "routes:\n  - {path: /other, methods: [GET], upstream: 'http://a:1', access: public}\n"
	bad     = "routes:\n  - path: /bad\n    methods: [get]\n    acess: public\n"
)

func TestCheckNamesEveryMistake(t *testing.T) {
	for _, c := range []struct {
		args  []string
		stdin string
		code  int
		out   string
		lines []string
	}{
		{[]string{"check"}, "", 0, "no mistakes, routes: 19\n", nil},
		{[]string{"check", good}, "", 0, "no mistakes, routes: 1\n", nil},
		{[]string{"check", good, another}, "", 0, "no mistakes, routes: 2\n", nil},
		{[]string{"check", "-"}, good, 0, "no mistakes, routes: 1\n", nil},
		{[]string{"check", bad}, "", 2, "", []string{
			"routes.yaml:2: upstream is missing", "routes.yaml:2: access is missing", `routes.yaml:3: methods: "get" is none of`, "routes.yaml:4: unknown key acess",
		}},
		{[]string{"check", "-"}, "routes: []", 2, "", []string{"standard input:1: routes must be a list"}},
		{[]string{"check", "/none/a.yaml", "/none/b.yaml"}, "", 2, "", []string{"/none/a.yaml: no such file", "/none/b.yaml: no such file"}},
		{[]string{"routes", bad}, "", 2, "", []string{"missing", "missing", "none of", "unknown"}},
		{[]string{"chekc"}, "", 2, "", []string{`gateway: there is no command "chekc"; there are check, routes, healthcheck`}},
	} {
		code, out, mistakes := gateway(t, c.stdin, nil, c.args...)
		if code != c.code || out != c.out || strings.Count(mistakes, "\n") != len(c.lines) {
			t.Errorf("%q: %d %s%s", c.args, code, out, mistakes)
		}
		for _, line := range c.lines {
			if !strings.Contains(mistakes, line) {
				t.Errorf("%q: %q is not in %s", c.args, line, mistakes)
			}
		}
	}
}

func TestRoutesPrintsWhatHolds(t *testing.T) {
	code, out, _ := gateway(t, "", nil, "routes")
	if code != 0 || !strings.Contains(out, "/api/audit") || strings.Contains(out, "/mine") {
		t.Errorf("%d %s", code, out)
	}
	file := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(file, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ = gateway(t, "", []string{"ROUTES_FILE=routes.yaml, " + file}, "routes")
	if code != 0 || !strings.Contains(out, "/api/audit") || !strings.Contains(out, "/mine") {
		t.Errorf("with ROUTES_FILE: %d %s", code, out)
	}
	if code, out, _ = gateway(t, good, nil, "routes", "-"); code != 0 || strings.Count(out, "\n") != 2 {
		t.Errorf("from the standard input: %d %s", code, out)
	}
}
