package main

import (
	"bytes"
	"context"
	"embed"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"text/template"

	"gatehouse/bench/internal/process"
)

//go:embed peers
var peerFiles embed.FS

var peerTemplates = template.Must(template.ParseFS(peerFiles, "peers/*"))

// setting fills in the configuration of a peer.
type setting struct {
	Listen, Port      string
	Upstream, Checker string // addresses
	Dir               string
	Alg, Key, Revoked string   // of HAProxy's guard: the algorithm, the file of the key or the key, the file of the map
	Headers           []string // that nginx adds to a file: name and value as its configuration has them
}

// peer is another gateway that runs.
type peer struct {
	url  string
	proc *process.Process
}

// startPeer writes a configuration from the template of the name and starts the program on it.
func (r *run) startPeer(ctx context.Context, name, config string, s setting, command ...string) (peer, error) {
	addr, err := freeAddr()
	if err != nil {
		return peer{}, err
	}
	_, s.Port, err = net.SplitHostPort(addr)
	if err != nil {
		return peer{}, err
	}
	s.Listen, s.Dir = addr, r.dir
	var text bytes.Buffer
	if err := peerTemplates.ExecuteTemplate(&text, config, s); err != nil {
		return peer{}, err
	}
	file := filepath.Join(r.dir, name+".conf")
	if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
		return peer{}, err
	}
	cmd := exec.Command(command[0], append(command[1:], file)...)
	cmd.Env = append(cmd.Environ(), "XDG_DATA_HOME="+r.dir, "XDG_CONFIG_HOME="+r.dir) // Caddy writes there
	proc, err := r.procs.Start(name, cmd)
	if err != nil {
		return peer{}, err
	}
	return peer{url: "http://" + addr, proc: proc}, proc.Await(ctx, answering(addr))
}

func (r *run) startHAProxy(ctx context.Context, name, config string, s setting) (peer, error) {
	return r.startPeer(ctx, name, config, s, "haproxy", "-db", "-f")
}

func (r *run) startNginx(ctx context.Context, name string, s setting) (peer, error) {
	return r.startPeer(ctx, name, name+".conf", s, "nginx", "-e", "stderr", "-c")
}

func (r *run) startCaddy(ctx context.Context, s setting) (peer, error) {
	return r.startPeer(ctx, "caddy", "Caddyfile", s, "caddy", "run", "--adapter", "caddyfile", "--config")
}
