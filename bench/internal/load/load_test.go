package load

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

const report = `Running 4s test @ http://127.0.0.1:1/guarded
  2 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.31ms    1.02ms  19.12ms   77.31%
    Req/Sec    13.90k     1.10k   16.21k    70.00%
  Latency Distribution
     50%  612.00us
     75%    2.81ms
     90%    3.55ms
     99%    1.02s 
  110768 requests in 4.01s, 22.60MB read
Requests/sec:  27623.71
Transfer/sec:      5.64MB
`

func TestParse(t *testing.T) {
	got, err := parse(report)
	want := Result{Requests: 110768, PerSecond: 27623.71, P50: 612 * time.Microsecond, P99: 1020 * time.Millisecond}
	if err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}

func TestParseRefusesWhatWentWrong(t *testing.T) {
	for name, bad := range map[string]string{
		"refusals": strings.Replace(report, "Requests/sec", "  Non-2xx or 3xx responses: 12\nRequests/sec", 1),
		"breaks":   strings.Replace(report, "Requests/sec", "  Socket errors: connect 0, read 3, write 0, timeout 0\nRequests/sec", 1),
		"nothing":  "",
		"no p99":   strings.Replace(report, "99%", "98%", 1),
	} {
		if r, err := parse(bad); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{7}, 7}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 2, 100}, 3}} {
		if got := Median(c.values); got != c.want {
			t.Errorf("median of %v: %v; want %v", c.values, got, c.want)
		}
	}
}

func TestPercentile(t *testing.T) {
	values := make([]int, 200)
	for i := range values {
		values[i] = 200 - i
	}
	for p, want := range map[int]int{0: 1, 50: 100, 99: 198, 100: 200} {
		if got := Percentile(values, p); got != want {
			t.Errorf("p%d: %d; want %d", p, got, want)
		}
	}
	if got := Percentile([]time.Duration(nil), 99); got != 0 {
		t.Errorf("of none: %v", got)
	}
}

func TestOneByOne(t *testing.T) {
	var order []int
	took, err := OneByOne(t.Context(), 3, func(n int) error { order = append(order, n); return nil })
	if err != nil || len(took) != 3 || len(order) != 3 || order[2] != 2 {
		t.Errorf("%v %v %v", took, order, err)
	}
	broken := errors.New("broken")
	if _, err := OneByOne(t.Context(), 3, func(int) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := OneByOne(ended, 3, func(int) error { return nil }); err == nil {
		t.Error("goes on after the end")
	}
}

func TestWorkers(t *testing.T) {
	answers := Workers(t.Context(), 4, 50*time.Millisecond, func(n int) bool {
		time.Sleep(time.Millisecond)
		return n%2 == 0
	})
	if answers[true] == 0 || answers[false] == 0 {
		t.Errorf("%v", answers)
	}
}
