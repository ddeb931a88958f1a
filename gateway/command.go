package main

import (
	"fmt"
	"io"
	"os"

	"gatehouse/gateway/internal/route"
	"gatehouse/internal/env"
	"gatehouse/internal/httpserver"
)

// commands are what the gateway does instead of serving. Both take files of routes, which make one table, or - for the
// standard input; without any they take what the gateway itself would.
var commands = map[string]httpserver.Command{"check": check, "routes": list}

// check prints every mistake with its file and line.
func check(args []string, out, mistakes io.Writer) int {
	table, err := loadArgs(args)
	if err != nil {
		return refused(err, mistakes)
	}
	fmt.Fprintf(out, "no mistakes, routes: %d\n", len(table.Routes()))
	return 0
}

// list prints who may call what.
func list(args []string, out, mistakes io.Writer) int {
	table, err := loadArgs(args)
	if err == nil {
		err = table.Print(out)
	}
	if err != nil {
		return refused(err, mistakes)
	}
	return 0
}

// refused prints each mistake on a line of its own.
func refused(err error, mistakes io.Writer) int {
	fmt.Fprintln(mistakes, err)
	return env.ExitCode
}

// loadArgs loads the files of the arguments, or else those of ROUTES_FILE.
func loadArgs(args []string) (*route.Table, error) {
	if len(args) == 1 && args[0] == "-" {
		data, err := io.ReadAll(os.Stdin)
		if err != nil {
			return nil, err
		}
		return route.LoadFiles(route.File{Name: "standard input", Data: data})
	}
	var c struct {
		Files []string `env:"ROUTES_FILE"`
	}
	if err := env.Load(&c); err != nil {
		return nil, err
	}
	if len(args) > 0 {
		c.Files = args
	}
	return (&routes{files: c.Files}).load()
}
