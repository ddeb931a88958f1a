package httpserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"gatehouse/internal/env"
	"gatehouse/internal/tracing"
)

// Program is a service: its configuration and what it runs.
type Program struct {
	Name   string
	Config any // a pointer to the struct that env.Load fills
	Level  func() slog.Level
	Health func() string // the address of the health listener, for `NAME healthcheck`
	Run    func(context.Context, *slog.Logger) error
	// Commands are what it does instead of running, by the first argument. They need no configuration. May be nil.
	Commands map[string]Command
}

// Command does what its arguments say and gives the exit code.
type Command func(args []string, out, mistakes io.Writer) int

// healthcheck is the command of every service.
const healthcheck = "healthcheck"

// Main loads the configuration, then runs the service until SIGTERM, or until SIGINT, after which nobody takes over. It gives
// the exit code: 0 after a clean shutdown, 1 on failure, 2 when the configuration has mistakes or there is no such command.
func (p Program) Main(args []string) int {
	if len(args) > 1 && args[1] != healthcheck {
		return p.command(args[1], args[2:])
	}
	var traces tracing.Config
	if err := errors.Join(env.Load(p.Config), env.Load(&traces)); err != nil {
		env.Report(os.Stderr, p.Name, err)
		return env.ExitCode
	}
	if len(args) > 1 && args[1] == healthcheck {
		if err := AskReady(p.Health()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
	fitMemory(limitFiles)
	out := NewLogBuffer(os.Stdout)
	defer out.Close()
	log := NewLog(out, p.Level(), p.Name)
	ctx, stop := untilSignal()
	defer stop()
	if err := p.traced(ctx, traces, log); err != nil {
		log.Error("failed", "error", err)
		return 1
	}
	log.Info("stopped")
	return 0
}

// traced runs the service and tells the collector about it, where there is one.
func (p Program) traced(ctx context.Context, traces tracing.Config, log *slog.Logger) error {
	stop, err := tracing.Start(traces, p.Name, log)
	if err != nil {
		return err
	}
	defer stop()
	return p.Run(ctx, log)
}

// command does what the name says.
func (p Program) command(name string, args []string) int {
	if do, ok := p.Commands[name]; ok {
		return do(args, os.Stdout, os.Stderr)
	}
	known := append(slices.Sorted(maps.Keys(p.Commands)), healthcheck)
	fmt.Fprintf(os.Stderr, "%s: there is no command %q; there are %s, and without one it serves\n", p.Name, name, strings.Join(known, ", "))
	return env.ExitCode
}

// untilSignal ends with the first signal. A second one ends the process at once.
func untilSignal() (context.Context, func()) {
	ctx, end := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		got := <-signals
		signal.Stop(signals)
		if got == syscall.SIGINT {
			end(ErrInterrupted)
		}
		end(nil)
	}()
	return ctx, func() { signal.Stop(signals) }
}
