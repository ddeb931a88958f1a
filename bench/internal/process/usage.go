package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc/<pid>/stat: 1/USER_HZ, which is 100 on every Linux that Go knows.
const tick = 10 * time.Millisecond

// CPU is the time that the processes and all below them have used so far, user and system, as the kernel counts it.
func CPU(pids ...int) (time.Duration, error) {
	all, err := readAll()
	if err != nil {
		return 0, err
	}
	var total time.Duration
	for _, root := range pids {
		if _, alive := all[root]; !alive {
			return 0, fmt.Errorf("process %d has ended", root)
		}
		for pid := range all {
			if isBelow(all, pid, root) {
				total += all[pid].cpu
			}
		}
	}
	return total, nil
}

// stat is what is used of /proc/<pid>/stat (proc_pid_stat(5)).
type stat struct {
	parent int
	cpu    time.Duration
}

func readAll() (map[int]stat, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	all := make(map[int]stat, len(files))
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended meanwhile
		}
		if pid, s, err := parseStat(string(text)); err == nil {
			all[pid] = s
		}
	}
	return all, nil
}

var errStat = errors.New("not a line of /proc/<pid>/stat")

// parseStat reads "pid (name) state ppid ..."; the name may hold anything, closing brackets too.
func parseStat(line string) (pid int, s stat, err error) {
	end := strings.LastIndexByte(line, ')')
	first, _, _ := strings.Cut(line, " ")
	if pid, err = strconv.Atoi(first); err != nil || end < 0 {
		return 0, stat{}, errStat
	}
	fields := strings.Fields(line[end+1:])
	if len(fields) < 13 {
		return 0, stat{}, errStat
	}
	var ticks int64
	for _, text := range fields[11:13] { // utime and stime
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, stat{}, errStat
		}
		ticks += n
	}
	s.cpu = time.Duration(ticks) * tick
	s.parent, err = strconv.Atoi(fields[1])
	return pid, s, err
}

// isBelow reports whether the process is root or has come from it.
func isBelow(all map[int]stat, pid, root int) bool {
	for pid > 1 {
		if pid == root {
			return true
		}
		pid = all[pid].parent
	}
	return false
}

// RSS is the memory of a process that is in use at the moment, in bytes.
func RSS(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("process %d has no memory", pid)
}
