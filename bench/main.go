// Command bench measures Gatehouse side by side with other gateways, and what it promises about speed and size. It is
// started from the root of the checkout, by `make bench`.
//
//	bench [-rounds 5] [-time 4s] [PART...]   measure these parts, or all; print the tables, and keep them in docs/performance.md
//	bench upstream ADDR                      the service behind every gateway
//	bench checker ADDR SECRET-FILE REDIS-URL the service that nginx and Caddy ask about each request
//
// A part is one file: guard revoked static memory logout login flood list.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// part is one thing to measure.
type part struct {
	name    string
	measure func(context.Context, *run) (section, error)
}

// parts are in an order in which none disturbs a later one: at rest before under load, and a million accounts last.
var parts = []part{
	{"guard", guard},
	{"revoked", revoked},
	{"static", static},
	{"memory", memory},
	{"logout", logout},
	{"login", login},
	{"flood", flood},
	{"list", list},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := program(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func program(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "upstream":
		return serveUpstream(args[1])
	case len(args) == 4 && args[0] == "checker":
		return serveChecker(args[1], args[2], args[3])
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "how often each subject is measured, in turn with the others")
	each := flags.Duration("time", 4*time.Second, "how long each measurement takes, in whole seconds")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(flags.Args())
	if err != nil {
		return err
	}
	if *rounds < 1 || *each < time.Second {
		return errors.New("there must be at least one round of at least a second")
	}
	return measure(ctx, chosen, *rounds, *each)
}

// choose gives the parts of these names in their own order; all, when there are no names.
func choose(names []string) ([]part, error) {
	wanted := make(map[string]bool)
	for _, name := range names {
		wanted[name] = true
	}
	var chosen []part
	for _, p := range parts {
		if wanted[p.name] || len(names) == 0 {
			chosen = append(chosen, p)
		}
		delete(wanted, p.name)
	}
	for name := range wanted {
		return nil, fmt.Errorf("there is no part called %s", name)
	}
	return chosen, nil
}

func measure(ctx context.Context, chosen []part, rounds int, each time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	r, err := newRun(rounds, each)
	if err != nil {
		return err
	}
	defer r.close()
	for _, p := range chosen {
		say("== %s", p.name)
		s, err := p.measure(ctx, r)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := r.publish(p.name, s); err != nil {
			return err
		}
	}
	return nil
}

// longest is how long a run may take: nothing that hangs keeps the machine busy for ever.
const longest = 30 * time.Minute

// say tells whoever waits how far it is.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
