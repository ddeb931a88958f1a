package httpserver

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"gatehouse/internal/env"
)

// Program is a service: its configuration and what it runs.
type Program struct {
	Name   string
	Config any // a pointer to the struct that env.Load fills
	Level  func() slog.Level
	Health func() string // the address of the health listener, for `NAME healthcheck`
	Run    func(context.Context, *slog.Logger) error
}

// Main loads the configuration, then runs the service until SIGTERM, or until SIGINT, after which nobody takes over. It gives the exit code: 0 after a clean
// shutdown, 1 on failure, 2 when the configuration has mistakes.
func (p Program) Main(args []string) int {
	if err := env.Load(p.Config); err != nil {
		env.Report(os.Stderr, p.Name, err)
		return env.ExitCode
	}
	if len(args) > 1 && args[1] == "healthcheck" {
		if err := AskReady(p.Health()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
	out := NewLogBuffer(os.Stdout)
	defer out.Close()
	log := slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: p.Level()})).With("service", p.Name)
	ctx, stop := untilSignal()
	defer stop()
	if err := p.Run(ctx, log); err != nil {
		log.Error("failed", "error", err)
		return 1
	}
	log.Info("stopped")
	return 0
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
			end(Interrupted)
		}
		end(nil)
	}()
	return ctx, func() { signal.Stop(signals) }
}
