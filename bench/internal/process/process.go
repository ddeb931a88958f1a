// Package process starts programs in the background, ends them by their id, and asks the kernel what they have used.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	readyWithin = 30 * time.Second
	endWithin   = 15 * time.Second // a gateway finishes what it has for 10 s
	lookEvery   = 20 * time.Millisecond
)

// Group are the programs of one run. Their output is in files of its folder.
type Group struct {
	dir     string
	started []*Process
}

// NewGroup makes a group without programs.
func NewGroup(dir string) *Group { return &Group{dir: dir} }

// Process is a program that was started.
type Process struct {
	PID    int
	name   string
	output *os.File
	ended  chan struct{}
	stop   sync.Once
}

// Start starts a program; its output goes to NAME.log. It ends when this program ends, however that may be.
func (g *Group) Start(name string, cmd *exec.Cmd) (*Process, error) {
	output, err := os.OpenFile(filepath.Join(g.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		output.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p := &Process{PID: cmd.Process.Pid, name: name, output: output, ended: make(chan struct{})}
	go func() {
		cmd.Wait()
		close(p.ended)
	}()
	g.started = append(g.started, p)
	return p, nil
}

// Stop ends all programs, the last first.
func (g *Group) Stop() {
	for _, p := range slices.Backward(g.started) {
		p.Stop()
	}
	g.started = nil
}

// Stop ends the program, by force if it does not end by itself.
func (p *Process) Stop() { p.stop.Do(p.end) }

func (p *Process) end() {
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(endWithin):
		p.Signal(syscall.SIGKILL)
		<-p.ended
	}
	syscall.Kill(-p.PID, syscall.SIGKILL) // what it has left behind, in the group that it was started in
	p.output.Close()
}

// Signal sends a signal to the program while it is ours: its id may be used again afterwards.
func (p *Process) Signal(signal syscall.Signal) {
	select {
	case <-p.ended:
	default:
		syscall.Kill(p.PID, signal)
	}
}

// ForgetOutput empties the file of the output, which an access log fills at hundreds of megabytes a minute.
func (p *Process) ForgetOutput() error { return p.output.Truncate(0) }

// Await waits until ready holds. It fails when the program ends before, or is not ready in time.
func (p *Process) Await(ctx context.Context, ready func() bool) error {
	deadline := time.After(readyWithin)
	for !ready() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.ended:
			return fmt.Errorf("%s has ended: %s", p.name, p.lastWords())
		case <-deadline:
			return errors.Join(fmt.Errorf("%s is not ready: %s", p.name, p.lastWords()), context.DeadlineExceeded)
		case <-time.After(lookEvery):
		}
	}
	return nil
}

// lastWords are the end of the output.
func (p *Process) lastWords() string {
	const most = 1000
	text, _ := os.ReadFile(p.output.Name())
	return strings.TrimSpace(string(text[max(0, len(text)-most):]))
}
